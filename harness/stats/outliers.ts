/** Values far from their siblings: shown to people, never removed from a number. */
import { median } from './order.ts'

/** Scaled median absolute deviations from the median; the usual bound for "far" (Iglewicz and Hoaglin 1993). */
const far = 3.5
const scale = 1.4826

/** Positions of outliers; none where more than half of the values are equal. */
export function outliers(values: readonly number[]): number[] {
  const middle = median(values)
  const deviation = middle === undefined ? undefined : median(values.map((value) => Math.abs(value - middle)))
  if (middle === undefined || deviation === undefined || deviation === 0) return []
  return values.flatMap((value, i) => (Math.abs(value - middle) > far * scale * deviation ? [i] : []))
}
