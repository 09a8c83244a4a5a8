import { expect, it } from 'vitest'
import { importText } from './read.ts'

it('makes slow rates from messages and time: the file has them cut to whole numbers', () => {
  const latencies = 'MinLatencyMicroSecs,AvgLatencyMicroSecs,MaxLatencyMicroSecs,P50LatencyMicroSecs'
  const head = `#RunID,ClientID,MsgCount,MsgBytes,MsgsPerSec,BytesPerSec,DurationSecs,${latencies}\n`
  const of = (row: string) => importText(`${head}${row}\n`, 'file')
  const request = of('a,P0,20,1280,0,127.9,10.006,223,334,453,324')
  expect(request.blocks).toEqual([
    [
      { workload: 'req', metric: 'throughput', value: 10 / 10.006 },
      { workload: 'req', metric: 'bytes', value: 127.9 },
      { workload: 'req', metric: 'rttService.p50', value: 324_000 },
      { workload: 'req', metric: 'rttService.max', value: 453_000 },
    ],
  ])
  expect(request.payloadBytes).toBe(128)
  expect(of('a,P0,19,2432,1,243.2,10,1,2,3,1').blocks[0]?.[0]).toMatchObject({ workload: 'pub', value: 1.9 })
  // Ten publishes of 128 bytes, or five requests of 256.
  const either = of('a,P0,10,1280,0,64,20,1,2,3,1')
  expect(either.blocks).toEqual([[{ workload: 'pub', metric: 'bytes', value: 64 }]])
  expect(either.remarks.join()).toContain('slower than a message a second')
  expect(either.payloadBytes).toBeUndefined()
})
