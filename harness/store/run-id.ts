/** `20261124-061500-fan-out-k3f9`: time (UTC), scenario, and a tag, so that two runs of the same second differ. */
import { BenchError } from '../model/error.ts'

const alphabet = 'abcdefghijklmnopqrstuvwxyz0123456789'
const tagLength = 4

/** The schema checks names of scenarios; here a name is also shortened and cleaned, because it becomes a folder name. */
export function runId(at: Date, scenario: string, tag: string): string {
  if (!/^[a-z0-9]{4}$/.test(tag)) {
    throw new BenchError('bug', `tag must be 4 lower-case letters or digits, got ${JSON.stringify(tag)}`)
  }
  const [day = '', time = ''] = at.toISOString().split('T')
  const name = scenario
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 48)
    .replaceAll(/^-+|-+$/g, '')
  return `${day.replaceAll('-', '')}-${time.slice(0, 8).replaceAll(':', '')}-${name === '' ? 'run' : name}-${tag}`
}

/** Four characters from random bytes; the first is a letter. */
export function tagOf(random: Uint8Array): string {
  return Array.from({ length: tagLength }, (_, index) => {
    const byte = random[index] ?? 0
    return alphabet[byte % (index === 0 ? 26 : alphabet.length)]
  }).join('')
}

export function isRunId(text: string): boolean {
  return /^\d{8}-\d{6}-[a-z0-9-]{1,48}-[a-z0-9]{4}$/.test(text)
}
