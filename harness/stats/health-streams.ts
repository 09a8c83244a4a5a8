/** Were acknowledged messages kept, and what did the server refuse? */
import { workloadFacts } from '../model/kinds/kinds.ts'
import { errorHint } from '../model/server-errors.ts'
import { rounded, roundedCount } from './bottleneck.ts'
import type { BlockResult, WorkloadResult } from './block-result.ts'
import { expectedIn, ms, unknown, type Examined, type Said } from './health-rule.ts'
import { byNumber } from '../model/count.ts'

/** The one promise of a stream: the only finding of health that fails a run. */
export function lostAcked({ proof }: WorkloadResult, { plan }: Examined, { variant }: BlockResult): Said | undefined {
  const { lost = 0, acked = 0 } = proof ?? {}
  if (lost === 0 || lost <= (expectedIn(plan, variant).lostAcked ?? 0)) return undefined
  const because = `${rounded(lost)} of ${roundedCount(acked, 'acknowledged message')} ${byNumber(lost, 'is', 'are')} not in the stream: none may be lost`
  return { outcome: 'fail', because }
}

export function unproved({ kind, proof }: WorkloadResult): Said | undefined {
  if (workloadFacts(kind)?.acknowledged !== true) return undefined
  if (proof === undefined)
    return unknown('it sent no account of what was acknowledged, so whether any is lost is not known')
  const { untold, recovered = 0, storedTwice = 0 } = proof
  if (untold !== undefined) return unknown(`cannot tell whether acknowledged messages were lost: ${untold}`)
  if (storedTwice > 0)
    return unknown(
      `${roundedCount(storedTwice, 'message')} ${byNumber(storedTwice, 'is', 'are')} stored more than once`,
    )
  if (recovered === 0) return undefined
  return {
    outcome: 'pass',
    because: `${roundedCount(recovered, 'message')} ${byNumber(recovered, 'is', 'are')} stored though no acknowledgement came`,
  }
}

/** Every replica that is up to date must hold what its leader holds; what was proved is said where all do. */
export function replicated({ proof }: WorkloadResult, { plan }: Examined): Said | undefined {
  const { same = 0, messages = 0, differ = [], behind = [], unread = [] } = proof?.replicas ?? {}
  if (proof?.replicas === undefined) return undefined
  if (differ.length > 0) {
    const because = `${differ.join(', ')} messages: up to date, but not the same as on the leader`
    return { outcome: 'fail', because }
  }
  const open = [
    ...(behind.length === 0 ? [] : [`${behind.join(', ')} messages 10 s after the load`]),
    ...(unread.length === 0 ? [] : [`${unread.join(', ')} could not be read`]),
  ]
  if (open.length > 0) {
    const because = `not proved for every replica: ${open.join('; ')}`
    return plan.faults.length > 0
      ? { outcome: 'pass', because: `${because}; faults were planned, so this is a result` }
      : unknown(because)
  }
  const because = `the stores of all ${same} replicas were read: the same messages in the same places, ${rounded(messages)} of them`
  return { outcome: 'pass', because }
}

/** How much of what was put was looked at: there is time for the contents of some. */
export function digests({ proof }: WorkloadResult): Said | undefined {
  if (proof?.objects === undefined) return undefined
  const { found, digests: got } = proof.objects
  const others = found - got
  const rest =
    others <= 0
      ? ''
      : `; the other ${rounded(others)} ${byNumber(others, 'was', 'were')} only looked up by name, as time ran out`
  return {
    outcome: 'pass',
    because: `after the load ${rounded(got)} of ${roundedCount(found, 'object')} ${byNumber(found, 'was', 'were')} read and checked against ${byNumber(found, 'its', 'their')} digest${rest}`,
  }
}

/** How often a client did not see what it had put: a result. */
export function ownReads({ proof }: WorkloadResult): Said | undefined {
  if (proof?.ownReads === undefined) return undefined
  const { asked, stale, unanswered, longestNs } = proof.ownReads
  if (unanswered > 0)
    return unknown(`${rounded(unanswered)} of ${rounded(asked)} reads of what was just put had no answer`)
  const share = asked === 0 ? 0 : (100 * stale) / asked
  const seen = stale === 0 ? '' : `, the longest for ${ms(longestNs)}`
  const because = `${rounded(stale)} of ${rounded(asked)} reads of a value just acknowledged to the same client did not see it (${Number(share.toPrecision(2))} %)${seen}`
  return { outcome: 'pass', because }
}

/** Where a scenario says which server its clients sit on, they must have sat there. */
export function elsewhere({ seats = [] }: WorkloadResult): Said | undefined {
  const wrong = seats.filter(
    ({ via, leader, follower, other }) =>
      (via === 'leader' && follower + other > 0) || (via === 'follower' && leader + other > 0),
  )
  const [first] = wrong
  if (first === undefined) return undefined
  const { via, stream, leader, follower, other } = first
  return unknown(
    `its connections must sit on the ${String(via)} of stream ${stream}, got ${leader} on the leader, ${follower} on followers, ${other} elsewhere: the leader changed before the load`,
  )
}

export function refused({ proof }: WorkloadResult, { plan }: Examined): Said | undefined {
  const errors = Object.entries(proof?.errors ?? {}).toSorted(([, a], [, b]) => b - a)
  if (errors.length === 0) return undefined
  const list = errors.slice(0, 3).map(([words, count]) => `${rounded(count)} with "${words}"`)
  const hint = errors.map(([words]) => errorHint(words)).find((each) => each !== undefined)
  const because = `the server answered with errors: ${list.join(', ')}${hint === undefined ? '' : `; ${hint}`}`
  return plan.faults.length > 0
    ? { outcome: 'pass', because: `${because}; faults were planned, so this is a result` }
    : unknown(because)
}

/** Every message with the id of an earlier one must be known as a duplicate; one that was refused or late cannot be told. */
export function deduplicated({ proof, totals }: WorkloadResult): Said | undefined {
  const { repeated, duplicates = 0, errors = {}, conflicts = 0 } = proof ?? {}
  const untold = totals.late + conflicts + Object.values(errors).reduce((sum, count) => sum + count, 0)
  if (repeated === undefined || Math.abs(repeated - duplicates) <= untold) return undefined
  return unknown(
    `${roundedCount(repeated, 'message')} had the id of an earlier one, the stream recognised ${rounded(duplicates)} as duplicates: its dedup window may be too short`,
  )
}

/** What was promised to a publisher must reach the consumer; where it is still in the stream, nothing is lost yet. */
export function undelivered({ consumed }: WorkloadResult): Said | undefined {
  const { undelivered: missing = 0, leftBehind = 0, untold } = consumed ?? {}
  if (untold !== undefined) return unknown(`cannot tell whether acknowledged messages were lost: ${untold}`)
  if (consumed !== undefined && consumed.undelivered === undefined && leftBehind > 0)
    return unknown(
      `${roundedCount(leftBehind, 'message')} ${byNumber(leftBehind, 'was', 'were')} still to come when the block ended: it fell behind`,
    )
  if (missing === 0) return undefined
  if (leftBehind > 0) {
    const because = `${roundedCount(missing, 'acknowledged message')} ${byNumber(missing, 'was', 'were')} not delivered when the block ended, the consumer still had ${rounded(leftBehind)}: it fell behind; lower the rate or add consumers`
    return { outcome: 'unknown', because }
  }
  return {
    outcome: 'fail',
    because: `${roundedCount(missing, 'acknowledged message')} ${byNumber(missing, 'was', 'were')} never delivered, and the consumer says it has nothing left`,
  }
}

/** What readers note of themselves beside the server's words (agent/taker.ts). */
const silence = 'no word of the server'

/** Redeliveries, and what the server said about requests: results, which do not change the verdict. */
export function consumption({ consumed }: WorkloadResult): Said | undefined {
  if (consumed === undefined) return undefined
  const { redelivered, naked, remade, statuses } = consumed
  const again = Object.entries(redelivered).map(
    ([number, count]) => `${rounded(count)} a ${ordinal(Number(number))} time`,
  )
  const { [silence]: silent = 0, ...spoken } = statuses
  const said = Object.entries(spoken).map(([words, count]) => `${rounded(count)} × "${words}"`)
  const parts = [
    ...(again.length === 0 ? [] : [`delivered ${again.slice(0, 5).join(', ')}`]),
    ...(naked === 0 ? [] : [roundedCount(naked, 'negative acknowledgement')]),
    ...(remade === 0 ? [] : [`ordered consumer recreated ${roundedCount(remade, 'time')}`]),
    ...(said.length === 0 ? [] : [`the server said ${said.slice(0, 3).join(', ')}`]),
    ...(silent === 0
      ? []
      : [
          `${roundedCount(silent, 'request')} ${byNumber(silent, 'was', 'were')} made anew, for the server said nothing of ${byNumber(silent, 'it', 'them')} for some seconds`,
        ]),
  ]
  return parts.length === 0 ? undefined : { outcome: 'pass', because: parts.join('; ') }
}

const ordinal = (number: number) => ['second', 'third', 'fourth', 'fifth'][number - 2] ?? `${number}th`
