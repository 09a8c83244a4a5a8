import { describe, expect, it } from 'vitest'
import { checkScenario } from './check.ts'
import { problemText } from './problem.ts'

const common = { on: 'use', to: 'hub', engine: 'nats.js' }
const publish = {
  ...common,
  kind: 'js-publish',
  name: 'work',
  subject: 'o.new',
  payload: { bytes: 64 },
  arrivals: { kind: 'flood' },
  window: 1,
}
const consume = { ...common, kind: 'js-consume', name: 'work', consumer: 'read' }
const get = { ...common, kind: 'js-get', name: 'work', stream: 'orders', arrivals: { kind: 'flood' } }
const put = { ...common, kind: 'object-put', name: 'work', store: 'files', arrivals: { kind: 'flood' } }

function problems(workload: object): readonly string[] {
  const checked = checkScenario({
    name: 'engines',
    about: 'x',
    topology: { hub: { role: 'server', server: { jetstream: true } }, use: { role: 'load' } },
    streams: {
      orders: { on: 'hub', subjects: ['o.>'], atomic: true, fast: true, filled: { messages: 10, subject: 'o.old' } },
    },
    consumers: 'consumer' in workload ? { read: { stream: 'orders' } } : {},
    objects: { files: { on: 'hub' } },
    workloads: [workload],
  })
  return checked.ok ? [] : checked.problems.map(problemText)
}

describe('engine nats.js', () => {
  it.each([
    ['publishes with a window', { ...publish, window: 100, ids: { repeats: 0.1 } }],
    ['publishes with an expected sequence', { ...publish, expect: 'subject' }],
    ['consumes', { ...consume, nak: 0.1, work: '1ms' }],
    ['gets', { ...get, order: 'random' }],
    ['gets many at once', { ...get, batch: 5 }],
    ['puts objects', put],
    ['may do the same over the wire', { ...publish, batch: 10, engine: 'wire' }],
  ])('%s', (_what, workload) => {
    expect(problems(workload)).toEqual([])
  })

  it.each([
    [{ ...publish, batch: 10 }, 'workloads.work.batch must be left out: its batches wait for an answer'],
    [{ ...publish, flow: 10, window: 100 }, 'workloads.work.flow must be left out: the package keeps fast batches'],
    [{ ...publish, reconnect: {} }, 'workloads.work.reconnect must be left out: a client of the package belongs'],
    [
      { ...consume, expires: '500ms' },
      'workloads.work.expires must be at least "1s": the package allows no shorter request',
    ],
    [{ ...put, reconnect: {} }, 'workloads.work.reconnect must be left out: a client of the package belongs'],
  ])('cannot do %j', (workload, words) => {
    expect(problems(workload)).toEqual([expect.stringContaining(words)])
    expect(problems({ ...workload, engine: 'wire' })).toEqual([])
  })
})
