import { expect, test } from 'vitest'
import { readCpuTime } from './cpu-time.ts'
import { localHost } from './local.ts'

const saying = (stdout: string, status = 0) => ({ run: () => Promise.resolve({ stdout, stderr: '', status }) })

test('FreeBSD tells of its CPUs in ticks of the statistics clock', async () => {
  const text = '1270 127 2540 99 12700\n{ hz = 1000, tick = 1000, profhz = 8126, stathz = 127 }\n'
  expect(await readCpuTime(saying(text), { os: 'FreeBSD' })).toEqual({ busyMicros: 31e6, idleMicros: 100e6 })
})

test('the time of the kernel itself is left out on FreeBSD', async () => {
  const text = '1270 127 2540 99 12700\n{ hz = 1000, tick = 1000, profhz = 8126, stathz = 127 }\n   0:02.50\n'
  expect(await readCpuTime(saying(text), { os: 'FreeBSD' })).toEqual({ busyMicros: 28.5e6, idleMicros: 100e6 })
  const long = text.replace('0:02.50', '1234:02.50')
  expect(await readCpuTime(saying(long), { os: 'FreeBSD' })).toMatchObject({ busyMicros: 0 })
})

test('Linux tells of its CPUs in hundredths of a second, and what its hypervisor gave to others', async () => {
  const text = 'cpu  100 20 80 1000 500 7 9 30 55 0\n'
  const expected = { busyMicros: 2e6, idleMicros: 15e6, stolenMicros: 300_000 }
  expect(await readCpuTime(saying(text), { os: 'Linux' })).toEqual(expected)
})

test.for(['', 'cpu\n', 'cpu 1 2\n', '1 2 3\n', '1 2 3 4 5\n{ hz = 1000 }\n', 'no such file'])(
  '%j tells nothing',
  async (text) => {
    expect(await readCpuTime(saying(text), { os: 'FreeBSD' })).toBeUndefined()
    expect(await readCpuTime(saying(text), { os: 'Linux' })).toBeUndefined()
  },
)

test('another system is not asked', async () => {
  expect(await readCpuTime(saying('1 2 3 4 5'), { os: 'SunOS' })).toBeUndefined()
})

test.skipIf(process.platform !== 'linux')('this machine tells (skipped: not Linux)', async () => {
  const found = await readCpuTime(localHost(), { os: 'Linux' })
  expect(found?.busyMicros).toBeGreaterThan(0)
  expect(found?.idleMicros).toBeGreaterThan(0)
})
