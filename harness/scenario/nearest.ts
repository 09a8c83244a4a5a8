/** The known word that an unknown one was probably meant to be. */

/** Undefined when none is close: at most a third of the letters, and never more than three, may differ. */
export function nearest(word: string, known: readonly string[]): string | undefined {
  if (word.length > 64) return undefined
  const close = known
    .map((candidate) => ({ candidate, distance: distance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(
      ({ candidate, distance: far }) => far <= Math.min(3, Math.ceil(Math.max(word.length, candidate.length) / 3)),
    )
    .sort((a, b) => a.distance - b.distance)
  return close[0]?.candidate
}

/** ` (did you mean "recv"?)`, those that hold it whole where none is close, or all the known words when there are few. */
export function suggestion(word: string, known: readonly string[]): string {
  const near = nearest(word, known)
  if (near !== undefined) {
    const alike = near !== word && near.normalize() === word.normalize()
    return ` (did you mean "${near}"${alike ? ', which looks the same and is made of other characters' : ''}?)`
  }
  const whole = word.length < 3 ? [] : known.filter((candidate) => candidate.toLowerCase().includes(word.toLowerCase()))
  if (whole.length > 4 && known.length <= 18) return ` (known: ${known.join(', ')})`
  const some = whole.slice(0, 4).map((each) => `"${each}"`)
  const more = whole.length > 4 ? `, or another of ${whole.length} that have this in them` : ''
  if (some.length > 0) return ` (did you mean ${some.join(' or ')}${more}?)`
  return known.length > 0 && known.length <= 18 ? ` (known: ${known.join(', ')})` : ''
}

/** Insertions, deletions, replacements and swaps of neighbours (optimal string alignment). */
function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, column) => column)]
  const at = (row: number, column: number) => rows[row]?.[column] ?? Infinity
  for (let row = 1; row <= a.length; row++) {
    const cells = [row]
    rows.push(cells)
    for (let column = 1; column <= b.length; column++) {
      const same = a[row - 1] === b[column - 1] ? 0 : 1
      const swapped = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      cells.push(
        Math.min(
          at(row - 1, column) + 1,
          at(row, column - 1) + 1,
          at(row - 1, column - 1) + same,
          swapped ? at(row - 2, column - 2) + 1 : Infinity,
        ),
      )
    }
  }
  return at(a.length, b.length)
}
