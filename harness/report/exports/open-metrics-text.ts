/** Lines of OpenMetrics text, escaped as the standard asks. */
import { wholeLine } from './place.ts'

export type Labels = Readonly<Record<string, string>>

/** `sendLag.p99.9` → `send_lag_p99_9`. */
export function snake(name: string): string {
  return name
    .replace(/([a-z])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
}

/** What stands above the samples of a metric family; `name` ends with the unit. */
export function family(name: string, type: 'gauge' | 'histogram', about: string, unit?: string): string {
  return [
    `# TYPE ${name} ${type}\n`,
    ...(unit === undefined ? [] : [`# UNIT ${name} ${unit}\n`]),
    `# HELP ${name} ${escaped(about)}\n`,
  ].join('')
}

/** Labels with empty values are left out: the standard says they are the same as absent. */
export function sample(name: string, labels: Labels, value: number): string {
  const list = Object.entries(labels)
    .filter(([, text]) => text !== '')
    .map(([label, text]) => `${label}="${escaped(text)}"`)
  return `${name}{${list.join(',')}} ${value}\n`
}

/** Not cut: two labels that were would make one series of two, which no parser takes. */
function escaped(text: string): string {
  return wholeLine(text).replaceAll('\\', '\\\\').replaceAll('"', '\\"')
}
