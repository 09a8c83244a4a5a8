import { describe, expect, it } from 'vitest'
import { SequenceSet } from '../agent/sequence-set.ts'
import { jsPublish } from '../model/kinds/js-publish.ts'
import type { Assignment, Plan } from '../model/plan.ts'
import { emptyAgent } from './agent-fold.ts'
import { openBlock, type BlockFold } from './block-fold.ts'
import type { WorkloadResult } from './block-result.ts'
import { digests } from './health-streams.ts'
import { proofOf } from './proof.ts'

const range = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => from + i)

function told(sequences: readonly number[]) {
  const set = new SequenceSet()
  for (const sequence of sequences) set.add(sequence)
  return set.told()
}

const job: Assignment['job'] = jsPublish.job.parse({
  kind: 'js-publish',
  engine: 'wire',
  servers: [],
  connections: 1,
  subject: 'o.new',
  publisher: 3,
  payload: { bytes: 16, compressible: 0, seed: 1 },
  headers: {},
  arrivals: { kind: 'flood' },
  window: 1,
  timeoutMs: 5000,
})

function blockOf(stored: BlockFold['stored']): BlockFold {
  const phases = { warmupMs: 0, measureMs: 1000, cooldownMs: 0 }
  const variant = { name: 'default', set: {}, phases, nodes: [], services: [], assignments: [], flows: [] }
  const block = openBlock({ variants: [variant], faults: [] } as unknown as Plan, {
    index: 0,
    variant: 'default',
    repeat: 0,
  })
  if (block === undefined) throw new Error('the plan has this variant')
  return { ...block, stored }
}

function prove(
  acked: readonly number[],
  stored: readonly number[] | undefined,
  more: { removed?: number; duplicates?: number } = {},
) {
  const agent = emptyAgent({ id: 'pub@send', workload: 'pub', node: 'send', job })
  agent.acked = { t: 'acked', publishers: { '3': told(acked) }, duplicates: 0, errors: { '10077 full': 2 } }
  const { removed = 0, duplicates = 0 } = more
  const frame = { t: 'stored', stream: 'orders', messages: 0, bytes: 0, removed, strangers: 0 } as const
  const all = stored === undefined ? [frame] : [{ ...frame, publishers: { '3': { ...told(stored), duplicates } } }]
  return proofOf(blockOf(all), { name: 'pub', agents: [agent] })
}

describe('what a stream holds against what was acknowledged', () => {
  it('is all there', () => {
    expect(prove(range(0, 1000), range(0, 1000))).toMatchObject({
      acked: 1000,
      lost: 0,
      recovered: 0,
      stored: 1000,
      errors: { '10077 full': 2 },
    })
  })

  it('names what was lost, at the end too, and what is there without an acknowledgement', () => {
    expect(prove(range(0, 1000), [...range(0, 500), ...range(510, 990), ...range(1000, 1003)])).toMatchObject({
      lost: 20,
      recovered: 3,
    })
    expect(prove(range(0, 10), [])).toMatchObject({ lost: 10, recovered: 0 })
  })

  it('tells a message stored twice', () => {
    expect(prove([0, 1], [0, 1], { duplicates: 1 })).toMatchObject({ lost: 0, storedTwice: 1 })
  })

  it('cannot be told where the stream removes messages, or was not read', () => {
    expect(prove([0, 1], [1], { removed: 1 })).toMatchObject({
      untold: 'stream orders removed 1 message at its limits',
    })
    expect(prove([0, 1], undefined)?.lost).toBeUndefined()
    expect(
      proofOf(blockOf([]), {
        name: 'pub',
        agents: [emptyAgent({ id: 'pub@send', workload: 'pub', node: 'send', job })],
      }),
    ).toBeUndefined()
  })
})

describe('several replicas', () => {
  const acked = range(0, 100)
  const base = { ...told(acked), duplicates: 0 }
  const same = { read: 100, last: 100, whole: true, same: true }
  const of = (replicas: NonNullable<BlockFold['stored'][number]['replicas']>) => {
    const agent = emptyAgent({ id: 'pub@send', workload: 'pub', node: 'send', job })
    agent.acked = { t: 'acked', publishers: { '3': told(acked) }, duplicates: 0, errors: {} }
    const frame = { t: 'stored', stream: 'o', messages: 100, bytes: 0, removed: 0, strangers: 0 } as const
    return proofOf(blockOf([{ ...frame, publishers: { '3': base }, replicas }]), { name: 'pub', agents: [agent] })
  }

  it('that hold the same lost nothing', () => {
    const proof = of([
      { node: 'a', ...same },
      { node: 'b', ...same },
    ])
    expect(proof).toMatchObject({ lost: 0, replicas: { same: 2, messages: 100, differ: [], behind: [], unread: [] } })
  })

  it('one that is up to date and lacks what was acknowledged has lost it', () => {
    const short = { node: 'b', read: 97, last: 100, whole: true, same: false }
    const proof = of([
      { node: 'a', ...same },
      { ...short, publishers: { '3': { ...told(range(0, 97)), duplicates: 0 } } },
    ])
    expect(proof).toMatchObject({ lost: 3, replicas: { same: 1, differ: ['b (stream o): 97 of 100'] } })
  })

  it('one that is behind, or could not be read, proves nothing either way', () => {
    const behind = { node: 'b', read: 90, last: 90, whole: false, same: false }
    const proof = of([
      { node: 'a', ...same },
      { ...behind, publishers: { '3': { ...told(range(0, 90)), duplicates: 0 } } },
      { node: 'c' },
    ])
    expect(proof).toMatchObject({
      lost: 0,
      replicas: { behind: ['b (stream o): 90 of 100'], unread: ['c (stream o)'] },
    })
  })
})

describe('a bucket, read back', () => {
  const keys = (more: { lost?: number; expired?: number; digests?: number }) => {
    const agent = emptyAgent({ id: 'put@send', workload: 'put', node: 'send', job })
    const read = { read: 10, lost: 0, expired: 0, ...more }
    agent.acked = {
      t: 'acked',
      publishers: { '3': told(range(0, 40)) },
      duplicates: 0,
      errors: {},
      conflicts: 3,
      keys: read,
    }
    const bucket = {
      t: 'stored',
      stream: 'KV_b',
      messages: 10,
      bytes: 1000,
      removed: 30,
      strangers: 0,
      bucket: true,
    } as const
    return proofOf(blockOf([bucket]), { name: 'put', agents: [agent] })
  }

  it('has lost the keys whose newest acknowledged value is not there, whatever its history removed', () => {
    expect(keys({})).toMatchObject({ acked: 40, lost: 0, stored: 10, conflicts: 3, bytesEach: 100 })
    expect(keys({ lost: 2 })).toMatchObject({ lost: 2 })
  })

  it('cannot tell where values may have expired', () => {
    const proof = keys({ lost: 1, expired: 2 })
    expect(proof?.lost).toBeUndefined()
    expect(proof?.untold).toContain('2 values are gone')
  })

  it('says of how many objects the contents were looked at, and not only the name', () => {
    expect(keys({})?.objects).toBeUndefined()
    const proof = keys({ digests: 4 })
    expect(proof?.objects).toEqual({ found: 10, digests: 4 })
    const said = digests({ proof } as unknown as WorkloadResult)
    expect(said).toMatchObject({ outcome: 'pass' })
    expect(said?.because).toMatch(
      /^after the load 4 of 10 objects were read and checked .* the other 6 were only looked up by name/,
    )
    expect(digests({ proof: keys({ digests: 10 }) } as unknown as WorkloadResult)?.because).toMatch(/digest$/)
  })

  it('says nothing of a stream beside it', () => {
    const agent = emptyAgent({ id: 'pub@send', workload: 'pub', node: 'send', job })
    agent.acked = { t: 'acked', publishers: { '3': told([0, 1]) }, duplicates: 0, errors: {} }
    const common = { t: 'stored', bytes: 0, strangers: 0 } as const
    const bucket = { ...common, stream: 'KV_b', messages: 10, removed: 30, bucket: true } as const
    const stream = {
      ...common,
      stream: 'o',
      messages: 1,
      removed: 0,
      publishers: { '3': { ...told([0]), duplicates: 0 } },
    }
    const proof = proofOf(blockOf([bucket, stream]), { name: 'pub', agents: [agent] })
    expect(proof).toMatchObject({ lost: 1, stored: 1 })
  })
})
