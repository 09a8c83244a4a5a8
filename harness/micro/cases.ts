/**
 * The hot paths under tinybench. A call of nothing costs about 80 ns (two clock reads), so every case does 1,000 operations
 * or more a call, and says how many. Each returns something that depends on all its work, so that none is optimised away.
 */
import { Histogram } from '../agent/histogram.ts'
import { Ledger } from '../agent/ledger.ts'
import { Outstanding } from '../agent/outstanding.ts'
import { Parser } from '../agent/parser.ts'
import { makeSchedule } from '../agent/schedule.ts'
import { stampDue, stampLag, stampPublisher, stampSequence, writeStamp } from '../agent/stamp.ts'
import { seededRandom } from '../agent/random.ts'
import { Clock } from '../agent/clock.ts'
import { Template } from '../agent/template.ts'
import type { MessageShape } from '../agent/engine.ts'

export interface Case {
  readonly name: string
  /** What one operation is. */
  readonly operation: string
  readonly operations: number
  readonly run: () => number
}

const many = 1000

function shape(bytes: number, changes: Partial<MessageShape> = {}): MessageShape {
  const payload = { bytes, compressible: 0, seed: 1 }
  return { subject: 'bench.subject', subjects: 1, headers: {}, payload, publisher: 1, ...changes }
}

function writer(name: string, template: Template): Case {
  let sequence = 0
  return {
    name,
    operation: 'message',
    operations: template.slots,
    run: () => {
      template.patch(0, template.slots, sequence, 1e9 + sequence, 160)
      sequence += template.slots
      return template.bytes[20] ?? 0
    },
  }
}

function parser(name: string, line: string, bytes: number): Case {
  const message = Buffer.concat([Buffer.from(line), Buffer.alloc(bytes, 1), Buffer.from('\r\n')])
  const stream = Buffer.concat(Array.from({ length: many }, () => message))
  let sum = 0
  const made = new Parser({
    message: (found) => {
      sum += found.bodyEnd - found.bodyStart
    },
    ping: () => undefined,
    pong: () => undefined,
    info: () => undefined,
    error: () => undefined,
  })
  made.bytes = stream
  return { name, operation: 'message', operations: many, run: () => made.parse(0, stream.length) + sum }
}

function histogram(name: string, value: (random: () => number) => number): Case {
  const random = seededRandom(1)
  const values = Float64Array.from({ length: many }, () => Math.floor(value(random)))
  const made = new Histogram()
  return {
    name,
    operation: 'value',
    operations: many,
    run: () => {
      for (let i = 0; i < many; i++) made.record(values[i]!)
      return made.total
    },
  }
}

function ledger(name: string, step: number): Case {
  const made = new Ledger()
  let next = 0
  return {
    name,
    operation: 'message',
    operations: many,
    run: () => {
      for (let i = 0; i < many; i++, next += step) made.record(next >>> 0)
      return made.distinct
    },
  }
}

function schedule(name: string, arrivals: Parameters<typeof makeSchedule>[0]): Case {
  const made = makeSchedule(arrivals, {
    phases: { warmupMs: 0, measureMs: 1e12, cooldownMs: 0 },
    seed: 1,
    offset: 0,
  })
  return {
    name,
    operation: 'message',
    operations: many,
    run: () => {
      for (let i = 0; i < many; i++) made.next()
      return made.due
    },
  }
}

function stamps(): Case {
  const view = new DataView(new ArrayBuffer(64 * 1024))
  return {
    name: 'stamp: write and read',
    operation: 'stamp',
    operations: many,
    run: () => {
      let sum = 0
      for (let i = 0; i < many; i++) {
        const at = (i * 61) & 0x7fff
        writeStamp(view, at, i, 1, 5e9 + i, 1000)
        sum += stampSequence(view, at) + stampPublisher(view, at) + stampDue(view, at) + stampLag(view, at)
      }
      return sum
    },
  }
}

function outstanding(): Case {
  const made = new Outstanding(1024)
  let next = 0
  return {
    name: 'outstanding: add and take, 1 in flight',
    operation: 'request',
    operations: many,
    run: () => {
      for (let i = 0; i < many; i++) {
        made.add(i, i)
        made.take(next++ >>> 0)
      }
      return made.count
    },
  }
}

function clock(): Case {
  const made = new Clock(process.hrtime.bigint())
  return {
    name: 'clock: read',
    operation: 'read',
    operations: many,
    run: () => {
      let sum = 0
      for (let i = 0; i < many; i++) sum += made.now()
      return sum
    },
  }
}

export function cases(): readonly Case[] {
  return [
    writer('writer: 16 B', new Template(shape(16), 65_536)),
    writer('writer: 128 B', new Template(shape(128), 65_536)),
    writer('writer: 128 B, 1,000 subjects', new Template(shape(128, { subjects: 1000 }), 65_536)),
    writer('writer: 128 B, request', new Template(shape(128), 65_536, '_INBOX.abcdefghij.')),
    parser('parser: MSG 16 B', 'MSG bench.subject 1 16\r\n', 16),
    parser('parser: MSG 128 B', 'MSG bench.subject 1 128\r\n', 128),
    parser('parser: MSG 128 B with reply', 'MSG bench.subject 1 _INBOX.abcdefghij.0000000001 128\r\n', 128),
    parser('parser: HMSG 128 B', 'HMSG bench.subject 1 100 128\r\n', 128),
    stamps(),
    ledger('ledger: in order', 1),
    ledger('ledger: every fourth (queue group)', 4),
    histogram('histogram: 20 to 500 µs', (random) => 20_000 + random() * 480_000),
    histogram('histogram: up to 10 s', (random) => random() * 10e9),
    outstanding(),
    schedule('schedule: constant', { kind: 'constant', perSecond: 10_000 }),
    schedule('schedule: poisson', { kind: 'poisson', perSecond: 10_000 }),
    schedule('schedule: burst', { kind: 'burst', perSecond: 10_000, size: 100 }),
    schedule('schedule: staircase', { kind: 'staircase', from: 1000, to: 10_000, steps: 10 }),
    clock(),
  ]
}
