/** Of a row of `nats bench` CSV: how many messages it is of, their size and their rate. The file has none of these as it is. */
import type { NatscliRow } from './natscli-rows.ts'

/** Below this a rate that is cut to a whole number is more than a thousandth too low. */
const exactBelow = 1000

/** A row with the number of its messages; undefined where several numbers fit. */
export interface CountedRow extends NatscliRow {
  readonly messages: number | undefined
}

export function counted(row: NatscliRow): CountedRow {
  return { ...row, messages: messagesOf(row) }
}

/**
 * MsgCount may include answers. So the number of messages is looked for among the whole numbers that fit the rate (cut to a whole
 * number) and the duration (rounded to microseconds), and of which MsgBytes is a multiple. The Java tool counts a few more messages
 * and their bytes too.
 */
function messagesOf({ MsgCount, MsgBytes, MsgsPerSec, DurationSecs }: NatscliRow): number | undefined {
  const least = Math.ceil(MsgsPerSec * (DurationSecs - 1e-6))
  const most = Math.floor((MsgsPerSec + 1) * (DurationSecs + 1e-6))
  const likely = [MsgCount, MsgCount / 2].filter((n) => n > 0 && MsgBytes % n === 0)
  const fitting = likely.filter((n) => n >= least && n <= most)
  if (fitting.length > 0) return fitting.length === 1 ? fitting[0] : undefined
  const count = Math.min(10_000, Math.max(0, most - least + 1))
  const possible = Array.from({ length: count }, (_, i) => least + i).filter(
    (n) => n > 0 && n <= MsgCount && MsgBytes % n === 0,
  )
  return possible.length === 1 ? possible[0] : likely.find((n) => n >= 0.99 * least && n <= 1.01 * most)
}

/** Size of a message in bytes. */
export function payloadOf({ messages, MsgBytes }: CountedRow): number | undefined {
  return messages === undefined ? undefined : MsgBytes / messages
}

/**
 * Messages a second. The file's own rate is cut to a whole number, so a slow one is made from messages and time where these are
 * known. Undefined where it says 0 and there were messages.
 */
export function rateOf({ messages, MsgCount, MsgsPerSec, DurationSecs }: CountedRow): number | undefined {
  if (MsgsPerSec >= exactBelow || DurationSecs === 0) return MsgsPerSec
  const exact = (messages ?? Number.NaN) / DurationSecs
  if (exact >= MsgsPerSec && exact <= MsgsPerSec + 1) return exact
  return MsgsPerSec === 0 && MsgCount > 0 ? undefined : MsgsPerSec
}
