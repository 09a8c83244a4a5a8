import { readFileSync, readdirSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { BenchError } from '../../model/error.ts'
import { reportOfImported } from '../../stats/imported.ts'
import { textOfBytes } from './file-text.ts'
import { importText } from './read.ts'

const folder = new URL('../../../fixtures/imports/', import.meta.url)
const read = (name: string) => importText(readFileSync(new URL(name, folder), 'utf8'), name)
const values = (name: string) =>
  Object.fromEntries((read(name).blocks[0] ?? []).map((v) => [`${v.workload} ${v.metric}`, v.value]))

function problem(action: () => unknown): BenchError {
  try {
    action()
  } catch (error) {
    if (error instanceof BenchError) return error
    throw error
  }
  throw new Error('nothing was thrown')
}

describe('CSV of natscli, written by the real tool', () => {
  it('0.5.1 publish: rates are summed, call latencies left out and said to be not comparable', () => {
    expect(values('natscli-0.5.1-pub.csv')).toEqual({
      'pub throughput': 2118639 + 1449431,
      'pub bytes': 271185866.13164 + 185527197.272518,
    })
    expect(read('natscli-0.5.1-pub.csv').remarks.join()).toContain('left out as not comparable')
    expect(read('natscli-0.5.1-pub.csv').payloadBytes).toBe(128)
  })

  it('0.5.1 subscribe: the shape without latency', () => {
    expect(Object.keys(values('natscli-0.5.1-sub.csv'))).toEqual(['sub throughput', 'sub bytes'])
  })

  it('0.5.1 request: counted in and out, so told from a publish, with round trips in nanoseconds', () => {
    const seen = values('natscli-0.5.1-service.csv')
    expect(seen['req throughput']).toBe(8151)
    expect(seen['req rttService.p50']).toBeCloseTo(113_539, 6)
    expect(seen['req rttService.p99.9']).toBeCloseTo(2_339_125, 6)
    expect(read('natscli-0.5.1-service.csv').payloadBytes).toBe(128)
  })

  it.each(['pub', 'sub', 'service'])('0.3.0 %s: the shape with an average only, which gives no quantile', (command) => {
    const seen = Object.keys(values(`natscli-0.3.0-${command}.csv`))
    expect(seen.some((key) => key.endsWith('throughput'))).toBe(true)
    expect(seen.some((key) => key.includes('rtt'))).toBe(false)
  })

  it('publishes of JetStream are publishes, with one acknowledgement a message or one a batch', () => {
    const of = (kind: string) => read(`natscli-0.5.1-js-${kind}.csv`)
    expect(Object.keys(values('natscli-0.5.1-js-async.csv'))).toEqual(['pub throughput', 'pub bytes'])
    expect(Object.keys(values('natscli-0.5.1-js-batch.csv'))).toEqual(['pub throughput', 'pub bytes'])
    expect(['async', 'batch', 'consume'].map((kind) => of(kind).payloadBytes)).toEqual([128, 128, 128])
    expect(of('async').remarks.join()).toContain('acknowledgements of a batch')
  })

  it.each([
    ['js-sync', 'js-publish', { throughput: 500 / 5.537716 + 500 / 6.017047, 'ackService.p50': 4_630_346 }],
    ['js-async', 'js-publish', { throughput: 148_010 }],
    ['js-batch', 'js-publish', { throughput: 18_284 }],
    ['js-fast', 'js-publish', { throughput: 5526 }],
    ['js-consume', 'js-consume', { throughput: 175_389 }],
    ['js-fetch', 'js-consume', { throughput: 1362 }],
    ['js-get-sync', 'js-get', { throughput: 500 / 2.21786, 'rttService.p99': 40_984_741 }],
    ['js-get-batch', 'js-get', { throughput: 1792 }],
    ['kv-put', 'kv-put', { throughput: 1000 / 41.918786, 'ackService.max': 299_019_108 }],
    ['kv-get', 'kv-get', { throughput: 1000 / 39.264836, 'rttService.p50': 30_259_913 }],
  ] as const)(
    '0.5.1 %s is of kind %s where one says so, and timed where a call is one message',
    (file, kind, wanted) => {
      const name = `natscli-0.5.1-${file}.csv`
      const imported = importText(readFileSync(new URL(name, folder), 'utf8'), name, { kind, name: 'mine' })
      const seen = Object.fromEntries((imported.blocks[0] ?? []).map(({ metric, value }) => [metric, value]))
      const timed = Object.keys(wanted).some((metric) => metric !== 'throughput')
      for (const [metric, value] of Object.entries(wanted)) expect(seen[metric], metric).toBeCloseTo(value, 6)
      expect(Object.keys(seen).some((metric) => metric.includes('.'))).toBe(timed)
      expect(imported.payloadBytes).toBe(128)
      const { scenario } = reportOfImported(imported, '2026-11-27T00:00:00.000Z', name).plan
      expect(scenario.workloads).toMatchObject([{ kind, name: 'mine' }])
    },
  )

  it('is not taken as what its clients cannot have done', () => {
    const as = (name: string, kind: 'js-publish' | 'kv-watch') =>
      problem(() => importText(readFileSync(new URL(name, folder), 'utf8'), name, { kind, name: 'mine' })).message
    expect(as('natscli-0.5.1-js-consume.csv', 'js-publish')).toContain(
      'clients that publish (P0 ...) to be taken as js-publish, got S0',
    )
    expect(as('natscli-0.5.1-js-consume.csv', 'kv-watch')).toContain('a kind that nats bench measures, got kv-watch')
    expect(as('omb.json', 'js-publish')).toContain('must be CSV of nats bench to be taken as js-publish')
  })

  it.each(['java-nats-bench.csv', 'natscli-bom.csv'])('%s: blanks after commas, a byte order mark', (name) => {
    expect(values(name)['sub throughput']).toBe(812_345)
    expect(read(name).payloadBytes).toBe(128)
  })

  it('in any way that spreadsheets save it', () => {
    const text = readFileSync(new URL('natscli-0.5.1-service.csv', folder), 'utf8')
    const lines = text.trim().split('\n')
    const again = (line: (cells: readonly string[]) => string, end = '\n') =>
      lines.map((each) => line(each.split(','))).join(end)
    const quote = (cell: string) => `"${cell}"`
    const turned = again((cells) =>
      cells
        .toReversed()
        .map((cell) => cell.replace('#', ''))
        .join(','),
    )
    for (const other of [
      again((cells) => cells.join(', '), '\r\n'),
      again((cells) => cells.map(quote).join(',')),
      again((cells) => cells.map((cell) => cell.replace('.', cell.startsWith('P99') ? '.' : ',')).join(';')),
      again((cells) => cells.join('\t'), '\r'),
      again((cells) => `${cells.join(',')},,`),
      turned,
      `\uFEFF\n${text}`,
      `sep=,\r\n${text}`,
      `# of rock64, by night\nnats bench,,,\n\n${text}`,
    ]) {
      expect(importText(other, 'natscli-0.5.1-service.csv')).toEqual(read('natscli-0.5.1-service.csv'))
    }
  })

  it('remarks on rates that are not the messages over the time', () => {
    const head = '#RunID,ClientID,MsgCount,MsgBytes,MsgsPerSec,BytesPerSec,DurationSecs\n'
    const changed = (row: string) => importText(`${head}${row}\n`, 'file').remarks.join().includes('changed the file')
    expect(
      ['a,P0,100,12800,10,1280,10', 'a,P0,100,12800,999,1280,10', 'a,P0,100,12800,10,99999,10'].map(changed),
    ).toEqual([false, true, true])
    for (const name of readdirSync(folder).filter((file) => file.startsWith('natscli-')))
      expect(read(name).remarks.join(), name).not.toContain('changed the file')
  })

  it('joined files are several runs', () => {
    const text = ['natscli-0.3.0-pub.csv', 'natscli-0.5.1-pub.csv', 'natscli-0.5.1-sub.csv']
      .map((name) => readFileSync(new URL(name, folder), 'utf8'))
      .join('')
    expect(importText(text, 'joined.csv').blocks).toHaveLength(3)
  })
})

describe('JSON of the OpenMessaging Benchmark', () => {
  it('gives rates, and latencies under the names that say what they are', () => {
    const seen = values('omb.json')
    expect(seen['pub throughput']).toBe(50_000)
    expect(seen['sub throughput']).toBe(100_000)
    expect(seen['sub service.p99']).toBe(3e6)
    expect(seen['pub sendLag.p99']).toBe(900e3)
    expect(Object.keys(seen).some((key) => key.includes(' latency.'))).toBe(false)
    expect(read('omb.json').remarks[0]).toContain('latency not comparable')
  })

  it('has no latencies of consumers that there were none of', () => {
    const text = readFileSync(new URL('omb.json', folder), 'utf8')
    const empty = text.replace(/("aggregatedEndToEnd\w+": )[\d.]+/g, '$10.0')
    const seen = importText(empty, 'omb.json').blocks.flat()
    expect(seen.filter(({ workload }) => workload === 'sub').map(({ metric }) => metric)).toEqual(['throughput'])
    expect(seen.map(({ metric }) => metric)).toContain('rttService.p99')
  })

  it('is read behind a byte order mark too', () => {
    const text = readFileSync(new URL('omb.json', folder), 'utf8')
    expect(importText(`\uFEFF${text}`, 'omb.json')).toEqual(read('omb.json'))
  })

  it('says what its rates do not tell: failed publishes, consumers that fell behind', () => {
    const omb = { workload: 'x', driver: 'NATS', publishRate: [1000], consumeRate: [900] }
    const remarks = (more: object) => importText(JSON.stringify({ ...omb, ...more }), 'x.json').remarks.slice(1)
    expect(remarks({ publishErrorRate: [0, 0], backlog: [0, 900] })).toEqual([])
    expect(remarks({ publishErrorRate: [0, 500], backlog: [0, 90_000] })).toEqual([
      '250 publishes a second failed',
      '90000 messages were not consumed yet at its end: the consumers did not keep up',
    ])
  })

  it('refuses rates that no broker has, whose sum is no number any more', () => {
    const text = '{"workload":"x","driver":"NATS","publishRate":[1e308,1e308],"consumeRate":[1]}'
    const error = problem(() => importText(text, 'x.json'))
    expect(error.lines[0]).toBe('publishRate.0: must be a number from 0 to 1e15')
  })

  it('names every wrong field', () => {
    const error = problem(() => importText('{"workload":1,"driver":"NATS","publishRate":[-1]}', 'x.json'))
    expect(error.code).toBe('recording-invalid')
    expect(error.lines.map((line) => line.split(':')[0])).toEqual(['workload', 'publishRate.0', 'consumeRate'])
  })
})

describe('lines of JSON', () => {
  it.each([
    ['{"attack":"","seq":0,"latency":1}\n{"attack":"","seq":1,"latency":2}\n', undefined],
    ['{"publishRate":[1]}\n{"publishRate":[2]}\n', 'give each as a file of its own'],
  ])('%j: one file each is of use only where one value would be read', (text, wanted) => {
    const { hint } = problem(() => importText(text, 'file'))
    expect(hint?.startsWith('known: ') === true ? undefined : hint).toBe(wanted)
  })

  it('are told by their first value', () => {
    const text = '{"latencies":{},"bytes_in":{}}\n{"latencies":{},"bytes_in":{}}\n'
    expect(problem(() => importText(text, 'file')).message).toContain('it looks like JSON of vegeta')
  })
})

describe('bytes of a file', () => {
  const csv = readFileSync(new URL('natscli-0.5.1-pub.csv', folder), 'utf8')
  it.each(['utf-16le', 'utf-8'] as const)('%s behind its byte order mark', (encoding) => {
    const text = textOfBytes(Buffer.from(`\uFEFF${csv}`, encoding), 'file')
    expect(importText(text, 'natscli-0.5.1-pub.csv')).toEqual(read('natscli-0.5.1-pub.csv'))
  })

  it.each([
    [[0x1f, 0x8b, 8], 'compressed (gzip)'],
    [[0x50, 0x4b, 3, 4], 'a ZIP archive or a workbook'],
    [[0x61, 0, 0x62], 'holds zero bytes'],
  ])('%j is no text', (bytes, wanted) => {
    expect(problem(() => textOfBytes(Uint8Array.from(bytes), 'file')).message).toContain(wanted)
  })
})

describe('malformed files give clear errors', () => {
  const header = '#RunID,ClientID,MsgCount,MsgBytes,MsgsPerSec,BytesPerSec,DurationSecs\n'
  it.each([
    ['', 'is empty'],
    [' \r\n', 'is empty'],
    ['\uFEFF', 'is empty'],
    ['hello', 'is of no tool known here'],
    ['RunID,Experiment,Loss\n1,a,2\n', 'is of no tool known here'],
    ['Time,Broker,MsgsPerSec\n1,a,2\n', 'is of no tool known here'],
    ['[\n"RunID",\n"x"]\n', 'is of no tool known here'],
    ['#RequestID,Other\n1,2\n', 'is of no tool known here'],
    ['null', 'is of no tool known here'],
    ['{"publishRate": 1000, "queue": "q"}', 'is of no tool known here'],
    ['[1]', 'is of no tool known here'],
    ['\uFEFF{"scenario-1": {"send-msg-rate": 8935.9, "avg-latency": 945603}}', 'is of no tool known here'],
    ['{"workload": "x", "driver"', 'must be whole JSON'],
    ['[{"a": 1},', 'must be whole JSON, got text that breaks off'],
    ['{"a":1}\n{"a":2}\n', 'must be whole JSON, got several values'],
    ['{\n "a": 1\n}\n{\n "a": 2\n}\n', 'must be whole JSON, got several values'],
    ['[servers]\nhub = 1\n', 'is of no tool known here'],
    ['[[servers]]\nhub = 1\n', 'is of no tool known here'],
    ['[1] 393,921 msgs/sec ~ 48.09 MiB/sec (500000 msgs)\n', 'is of no tool known here'],
    ['[2024-01-01 10:00:00] Throughput: 12 msg/s\n', 'is of no tool known here'],
    ['[  5]   0.00-1.00   sec  1.2 GBytes\n', 'is of no tool known here'],
    ['[[1, 2], [3', 'must be whole JSON, got text that breaks off'],
    ['[-1.5e3,\n', 'must be whole JSON, got text that breaks off'],
    ['[1', 'must be whole JSON, got text that breaks off'],
    ['[1]\n[2]\n', 'must be whole JSON, got several values'],
    ['{context: {}}', 'is of no tool known here'],
    ['{"context":{"runtime":"node"},"benchmarks":[]}', 'file is of no tool known here'],
    ['#RunID,ClientID\na,b\n', 'none called MsgCount, MsgBytes'],
    [header, 'must have a row for each client'],
    [`${header}a,P0,1,2,3\n`, ':2 must have 7 cells as its header, got 5'],
    [`${header}a,P0,1,2,3,4,5\na,P0,1,2,3,4,5\n`, ':3 must have each client of a run once, got "P0" twice'],
    [`${header}a,Total,1,2,3,4,5\n`, 'column ClientID must be P or S with a number'],
    [`${header}a,,1,2,3,4,5\n`, 'column ClientID must be P or S with a number'],
    [`${header}a,P0,1,2,x,4,5\n`, 'column MsgsPerSec must be a whole number of at least 0, got "x"'],
    [`${header}a,P0,1,2,-3,4,5\n`, 'column MsgsPerSec must be'],
    [`${header}a,P0,1,2,,4,5\n`, 'column MsgsPerSec must be'],
    [`${header}a,P0,1,2,Infinity,4,5\n`, 'column MsgsPerSec must be'],
    [`${header}a,P0,1.5,2,3,4,5\n`, 'column MsgCount must be a whole number of at least 0, got "1.5"'],
    [header.replaceAll(',', ';') + 'a;P0;1;2;812.345;4;5\n', 'column MsgsPerSec must be a whole number'],
    [header.replace('ClientID', 'ClientID,ClientID'), 'must have each column once, got "ClientID" twice'],
  ])('%j', (text, wanted) => {
    const error = problem(() => importText(text, 'file'))
    expect(error.code).toBe('recording-invalid')
    expect(error.message).toContain(wanted)
  })
})
