/** The account of messages, workload by workload, from what each agent says at its end. */
import { describe, expect, it } from 'vitest'
import { planOf } from '../../fixtures/statistics/synthetic.ts'
import type { Assignment, Flow } from '../model/plan.ts'
import { addFrame, openBlock } from './block-fold.ts'
import { lossOf } from './loss.ts'

const base = { engine: 'wire', servers: [], connections: 1, subject: 'x' } as const
const arrivals = { kind: 'constant', perSecond: 1 } as const

/** What an agent did: messages sent by publisher number, or distinct ones received of each. */
type Account = Readonly<Record<string, number>>
interface Member {
  readonly queue?: string
  readonly stamped?: boolean
  /** Of each of its agents; undefined: that one never closed its account. */
  readonly got: readonly (Account | undefined)[]
}
interface Made {
  readonly senders: Readonly<Record<string, { readonly sent: Account; readonly bytes?: number }>>
  readonly receivers: Readonly<Record<string, Member>>
  /** `pub>sub` */
  readonly flows: readonly string[]
}

/** Loss of each receiver: a number, with the names of the group where it is the group's. */
function losses({ senders, receivers, flows }: Made) {
  const plan = planOf({
    receivers: 1,
    blocks: 1,
    seconds: 1,
    perSecond: 1,
    variants: ['v'],
    limits: [],
    edit: (l) => l,
  })
  const done = new Map<string, Account | undefined>()
  const assignments: Assignment[] = []
  for (const [workload, { sent, bytes = 128 }] of Object.entries(senders)) {
    const payload = { bytes, compressible: 0, seed: 1 }
    const job = { kind: 'publish', ...base, publisher: 0, subjects: 1, payload, headers: {}, arrivals } as const
    assignments.push({ id: `${workload}@a`, workload, node: 'a', job })
    done.set(`${workload}@a`, sent)
  }
  for (const [workload, { queue, stamped = true, got }] of Object.entries(receivers)) {
    got.forEach((account, i) => {
      const queued = queue === undefined ? {} : { queue }
      const job = { kind: 'subscribe', ...base, ...queued, stamped, publishers: 9 } as const
      assignments.push({ id: `${workload}@${i}`, workload, node: String(i), job })
      done.set(`${workload}@${i}`, account)
    })
  }
  const led = flows.map((flow): Flow => {
    const [from = '', to = ''] = flow.split('>')
    return { from, to, delivery: receivers[to]?.queue === undefined ? 'all' : 'one' }
  })
  const variants = plan.variants.map((variant) => ({ ...variant, assignments, flows: led }))
  const block = openBlock({ ...plan, variants }, plan.blocks[0]!)!
  const zero = { bytes: 0, lost: 0, duplicated: 0, reordered: 0, late: 0, negative: 0, undecodable: 0 }
  for (const [id, perPublisher] of done) {
    if (perPublisher === undefined) continue
    const all = Object.values(perPublisher).reduce((sum, count) => sum + count, 0)
    const unstamped = receivers[id.split('@')[0]!]?.stamped === false
    const counts = { ...zero, sent: all, received: all }
    addFrame(block, id, { t: 'done', counts, perPublisher: unstamped ? {} : perPublisher })
  }
  return Object.fromEntries(
    Object.keys(receivers).map((name) => {
      const loss = lossOf(block, block.workloads.get(name)!)
      return [name, loss?.over === undefined ? loss?.lost : `${loss.lost} over ${loss.over.join('+')}`]
    }),
  )
}

const pub = { pub: { sent: { 0: 1000 } } }

describe('loss', () => {
  it('is that of the queue group where two workloads are in it', () => {
    const flows = ['pub>a', 'pub>b']
    const pair = (a: number, b: number) => ({ a: { queue: 'q', got: [{ 0: a }] }, b: { queue: 'q', got: [{ 0: b }] } })
    expect(losses({ senders: pub, receivers: pair(507, 493), flows })).toEqual({ a: 0, b: 0 })
    expect(losses({ senders: pub, receivers: pair(1000, 0), flows })).toEqual({ a: 0, b: 0 })
    expect(losses({ senders: pub, receivers: pair(500, 490), flows })).toEqual({ a: '10 over a+b', b: '10 over a+b' })
  })

  it('is counted for each queue name and for plain subscribers by themselves', () => {
    const receivers = {
      a: { queue: 'q', got: [{ 0: 400 }, { 0: 100 }] },
      b: { queue: 'q', got: [{ 0: 500 }] },
      other: { queue: 'r', got: [{ 0: 600 }, { 0: 399 }] },
      plain: { got: [{ 0: 1000 }, { 0: 998 }] },
    }
    const flows = Object.keys(receivers).map((name) => `pub>${name}`)
    expect(losses({ senders: pub, receivers, flows })).toEqual({ a: 0, b: 0, other: 1, plain: 2 })
  })

  it('is told for a publisher that only one of the group hears, and shared for one that all hear', () => {
    const senders = { near: { sent: { 0: 100 } }, far: { sent: { 1: 100 } } }
    const flows = ['near>narrow', 'near>wide', 'far>wide']
    const receivers = (got: Account) => ({
      narrow: { queue: 'q', got: [{ 0: 60 }] },
      wide: { queue: 'q', got: [got] },
    })
    expect(losses({ senders, receivers: receivers({ 0: 40, 1: 97 }), flows })).toEqual({ narrow: 0, wide: 3 })
    expect(losses({ senders, receivers: receivers({ 0: 38, 1: 97 }), flows })).toEqual({
      narrow: '2 over narrow+wide',
      wide: '5 over narrow+wide',
    })
  })

  it('is a sum where messages carry no stamp: of all publishers and all members that share them', () => {
    const senders = { near: { sent: { 0: 100 }, bytes: 8 }, far: { sent: { 1: 100 } } }
    const receivers = {
      narrow: { queue: 'q', stamped: false, got: [{ 0: 60 }] },
      wide: { queue: 'q', stamped: false, got: [{ 0: 40, 1: 95 }] },
      tap: { stamped: false, got: [{ 0: 100, 1: 99 }] },
    }
    const flows = ['near>narrow', 'near>wide', 'far>wide', 'near>tap', 'far>tap']
    expect(losses({ senders, receivers, flows })).toEqual({
      narrow: '5 over narrow+wide',
      wide: '5 over narrow+wide',
      tap: 1,
    })
  })

  it('is not told while a member of the group has not closed its account', () => {
    const receivers = { a: { queue: 'q', got: [{ 0: 500 }] }, b: { queue: 'q', got: [undefined] } }
    expect(losses({ senders: pub, receivers, flows: ['pub>a', 'pub>b'] })).toEqual({ a: undefined, b: undefined })
  })
})
