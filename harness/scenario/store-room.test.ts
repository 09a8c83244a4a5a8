import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const place = { on: 'send', to: 'hub', arrivals: { kind: 'flood' } }
const payload = { bytes: 128 }
const publish = { ...place, kind: 'js-publish', name: 'pub', subject: 'o.new', payload, window: 1 }
const plain = { ...place, kind: 'publish', name: 'pub', subject: 'o.new', payload }
const put = { ...place, kind: 'kv-put', name: 'pub', bucket: 'b', keys: 10, payload }
const objects = { ...place, kind: 'object-put', name: 'pub', store: 'f', bytes: 128 }

function problems(maxBytes: number | string, workload: object): readonly string[] {
  return problemsOf({
    name: 'room',
    about: 'Must what is put somewhere fit there?',
    topology: { hub: { role: 'server', server: { jetstream: true } }, send: { role: 'load' } },
    streams: { s: { on: 'hub', subjects: ['o.>'], maxBytes } },
    buckets: { b: { on: 'hub', maxBytes } },
    objects: { f: { on: 'hub', maxBytes } },
    workloads: [workload],
  })
}

describe('what is put into a stream, a bucket or a store of objects', () => {
  it.each<readonly [object, string, number]>([
    [publish, 'streams.s', 149],
    [plain, 'streams.s', 149],
    [put, 'buckets.b', 153],
    [objects, 'objects.f', 144],
    [{ ...publish, payload: { bytes: 1000, smaller: [{ bytes: 128, share: 0.1 }] } }, 'streams.s', 149],
  ])('must be no larger than all of it: %j', (workload, path, least) => {
    expect(problems(least - 1, workload)).toEqual([
      `${path}.maxBytes must be at least ${least}, for the smallest of workloads.pub with what the server adds, got ${least - 1}`,
    ])
    expect(problems(least, workload)).toEqual([])
  })

  it('is of no matter to a stream that does not store it', () => {
    expect(problems(1, { ...plain, subject: 'p.new' })).toEqual([])
  })
})
