/**
 * Durations and byte sizes as people write them. Inside the harness every time is a number with its unit in its name.
 */

const durationUnits: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  // the Greek letter, which keyboards give, beside the sign
  μs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3600e9,
}

const byteUnits: Readonly<Record<string, number>> = {
  B: 1,
  kB: 1e3,
  KiB: 1024,
  MB: 1e6,
  MiB: 1024 ** 2,
  GB: 1e9,
  GiB: 1024 ** 3,
}

const amount = '[0-9]{1,12}([.][0-9]{1,9})?'
/** What `durationNs` reads, for whoever checks a text without it: editors, by the JSON Schema. */
export const durationPattern = `^${amount}(${Object.keys(durationUnits).join('|')})$`
/** The same above 0: with a digit that is none. */
export const someTimePattern = `^(?=[0-9.]*[1-9])${durationPattern.slice(1)}`
/** What `byteCount` reads. */
export const sizePattern = `^([0-9]{1,12}|${amount}(${Object.keys(byteUnits).join('|')}))$`

/** `'250us'`, `'1.5s'`, `'2m'` → nanoseconds; undefined when the text is not a duration. */
export function durationNs(text: string): number | undefined {
  return scaled(text, durationUnits)
}

/** `'2s'` → 2000; undefined when the text is not a duration. */
export function durationMs(text: string): number | undefined {
  const ns = durationNs(text)
  return ns === undefined ? undefined : ns / 1e6
}

/** `'64KiB'`, `'1MB'`, `'512'` → bytes; undefined when the text is not a size. */
export function byteCount(text: string): number | undefined {
  return scaled(/^\d+$/.test(text) ? `${text}B` : text, byteUnits)
}

function scaled(text: string, units: Readonly<Record<string, number>>): number | undefined {
  const match = /^(\d{1,12}(?:\.\d{1,9})?)([A-Za-zµμ]{1,3})$/.exec(text)
  const unit = match === null ? undefined : units[match[2] ?? '']
  return match === null || unit === undefined ? undefined : Number(match[1]) * unit
}
