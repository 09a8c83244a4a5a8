/** Several metrics, one promise: p-values adjusted by Holm's step-down method (Scandinavian Journal of Statistics 6, 1979). */

/** In the order given; each may be compared with the level of the whole family. Needs no independence. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, i) => i).toSorted((a, b) => (pValues[a] ?? 1) - (pValues[b] ?? 1))
  const adjusted = new Array<number>(pValues.length)
  let most = 0
  order.forEach((at, rank) => {
    most = Math.max(most, Math.min(1, (pValues[at] ?? 1) * (pValues.length - rank)))
    adjusted[at] = most
  })
  return adjusted
}
