/**
 * Names that nobody else has. Not secret: whoever may subscribe to all inboxes sees them anyway. V8 seeds `Math.random` from the
 * system's entropy in each process; `node:crypto` would take 0.3 to 0.6 s of each start on a slow board.
 */

/** So many hexadecimal digits. */
export function uniqueDigits(count: number): string {
  let digits = ''
  while (digits.length < count)
    digits += Math.floor(Math.random() * 0x1_0000_0000)
      .toString(16)
      .padStart(8, '0')
  return digits.slice(0, count)
}

/** A subject for answers, as clients of NATS name theirs; 88 bits. */
export function newInbox(): string {
  return `_INBOX.${uniqueDigits(22)}`
}
