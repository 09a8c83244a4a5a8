/** One thing that is wrong with a scenario. */
import { visible } from './print.ts'

export interface Problem {
  /** `workloads.pub.payload.bytes`; `file` for the file as a whole. Workloads by name where they have a usable one. */
  readonly path: string
  /** `must ..., got ...`, safe to print. */
  readonly message: string
  /** In the file, from 1; only where the value is written out there. */
  readonly line?: number
}

const longest = 300

/** `topology.hub.count must be a whole number of at least 1, got "two" (line 12)`, one line, safe to print. */
export function problemText({ path, message, line }: Problem): string {
  const place = line === undefined ? '' : ` (line ${line})`
  const safePath = visible(path)
  const shortPath = safePath.length > 120 ? `${safePath.slice(0, 117)}...` : safePath
  return `${shortPath} ${shortened(visible(message))}${place}`
}

/** Cut before what came, which is short: a list of known names may be long. */
function shortened(message: string): string {
  if (message.length <= longest) return message
  const got = message.lastIndexOf(', got ')
  const tail = got < 0 ? '' : message.slice(got, got + 120)
  return `${message.slice(0, longest - 3 - tail.length)}...${tail}`
}
