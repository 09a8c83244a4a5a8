/** Numbers with the word for what they count. */

/** `1 message`, `1,200 messages`. `said`: how the number is written. */
export function count(n: number, noun: string, said = String(n)): string {
  return `${said} ${noun}${n === 1 ? '' : 's'}`
}

/** The word that goes with the number: `was` of one, `were` of others. */
export function byNumber(n: number, one: string, others: string): string {
  return n === 1 ? one : others
}
