/** JSON as it is written and printed. */

/** `report.json` and the like. */
export function json(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

/** What `--json` prints: always a list, so that a script need not ask how many there are. */
export function jsonList(list: readonly unknown[]): string {
  return json(list)
}
