/** Changes in words: every page and sentence writes the same one in the same way. */

/** `+4.0 %`, `−3.1 %`, `±0.0 %`: a ratio as a change. */
export function change(ratio: number): string {
  const value = (ratio - 1) * 100
  return `${signOf(value, 1)}${Math.abs(value).toFixed(1)} %`
}

/** `+1`, `−2`, `±0`, `+0.5`: a difference of two counts; one of medians may have a half. */
export function more(difference: number): string {
  const digits = Number.isInteger(difference) ? 0 : 1
  return `${signOf(difference, digits)}${Math.abs(difference).toFixed(digits)}`
}

/** As the number looks when it is written. */
function signOf(value: number, digits: number): string {
  return Number(value.toFixed(digits)) === 0 ? '±' : value < 0 ? '−' : '+'
}
