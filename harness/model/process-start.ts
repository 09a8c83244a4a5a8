/** When a process began: with its pid it names a process for good, for pids are used again and pairs are not. */

/**
 * Time since the boot in whole units of the system, as decimal text: ticks of 10 ms (Linux) or seconds (FreeBSD), which reckons
 * them from clocks of its own, so that the same process may be told one apart. Undefined: there is no such process.
 */
export function sameStart(one: string | undefined, other: string | undefined): boolean {
  if (one === undefined || other === undefined) return false
  return one === other || Math.abs(Number(one) - Number(other)) <= 1
}
