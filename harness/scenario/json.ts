/** Reads JSON, and names the line of an error. JSON.parse gives the value; the code here finds where the text is not JSON. */
import type { Plain } from './plain.ts'
import { deepest, plainCopy } from './plain.ts'
import { printed } from './print.ts'

/** The value of a text, without the `$schema` at the top, which only editors need. */
export function readJson(text: string): Plain {
  const broken = fault(text)
  if (broken !== undefined)
    return {
      problems: [{ path: 'file', message: broken.message, line: text.slice(0, broken.place).split('\n').length }],
    }
  const value: unknown = JSON.parse(text)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return plainCopy(value)
  const { $schema, ...rest } = value as Readonly<Record<string, unknown>>
  return plainCopy(typeof $schema === 'string' ? rest : value)
}

interface Fault {
  /** Index in the text. */
  readonly place: number
  readonly message: string
}

/** JSON.parse needs its stack for each level; `plainCopy` names the place of what is only a little too deep. */
const deepestRead = 1000

const token =
  // eslint-disable-next-line no-control-regex -- these are the characters that JSON forbids within a text
  /(?<space>[ \t\r\n]+)|(?<mark>[{}[\],:])|(?<text>"(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<other>(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/y

type Awaited = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'comma' | 'nothing'

/** A bracket that is not closed yet, with the keys seen in it. */
interface Open {
  readonly mark: string
  readonly keys: Set<string>
}

/** The first token at a wrong place, or a key that its object has already: JSON.parse would silently use the last one. */
function fault(text: string): Fault | undefined {
  const open: Open[] = []
  let awaited: Awaited = 'value'
  let place = 0
  while (place < text.length) {
    token.lastIndex = place
    const found = token.exec(text)
    if (found === null) return unexpected(text, place)
    if (found.groups?.['space'] === undefined) {
      const key = awaited === 'key' || awaited === 'keyOrEnd' ? found.groups?.['text'] : undefined
      const next: Awaited | undefined = after(awaited, found, open)
      if (next === undefined) return unexpected(text, place)
      if (open.length > deepestRead) return { place, message: `must be at most ${deepest} levels deep, got more` }
      if (key !== undefined && again(key, open)) return { place, message: `must have each key once, got ${key} again` }
      awaited = next
    }
    place += found[0].length
  }
  return awaited === 'nothing' ? undefined : unexpected(text, place)
}

function unexpected(text: string, place: number): Fault {
  const rest = text.slice(place, place + 20).split('\n')[0] ?? ''
  return { place, message: `must be JSON, got ${place >= text.length ? 'its end' : printed(rest)}` }
}

function again(quoted: string, open: readonly Open[]): boolean {
  const key = String(JSON.parse(quoted))
  const keys = open.at(-1)?.keys
  if (keys?.has(key) === true) return true
  keys?.add(key)
  return false
}

/** What must come after this token; undefined when the token may not stand here. */
function after(awaited: Awaited, found: RegExpExecArray, open: Open[]): Awaited | undefined {
  const mark = found.groups?.['mark'] ?? ''
  const done = (): Awaited => (open.length === 0 ? 'nothing' : 'comma')
  if (mark === '}' || mark === ']') {
    const fits = open.pop()?.mark === (mark === '}' ? '{' : '[')
    const may = awaited === 'comma' || awaited === (mark === '}' ? 'keyOrEnd' : 'valueOrEnd')
    return fits && may ? done() : undefined
  }
  if (mark === ':') return awaited === 'colon' ? 'value' : undefined
  if (mark === ',') return awaited !== 'comma' ? undefined : open.at(-1)?.mark === '{' ? 'key' : 'value'
  if (awaited === 'key' || awaited === 'keyOrEnd') return found.groups?.['text'] === undefined ? undefined : 'colon'
  if (awaited !== 'value' && awaited !== 'valueOrEnd') return undefined
  if (mark === '') return done()
  open.push({ mark, keys: new Set() })
  return mark === '{' ? 'keyOrEnd' : 'valueOrEnd'
}
