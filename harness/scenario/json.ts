/** JSON with the line of what is wrong with it. JSON.parse says what a text means, this says where it stops being JSON. */
import type { Plain } from './plain.ts'
import { plainCopy } from './plain.ts'
import { printed } from './print.ts'

export function readJson(text: string): Plain {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    const place = breaks(text)
    const line = text.slice(0, place).split('\n').length
    const got = place >= text.trimEnd().length ? 'its end' : printed(text.slice(place, place + 20).split('\n')[0])
    return { problems: [{ path: 'file', message: `must be JSON, got ${got}`, line }] }
  }
  return plainCopy(value)
}

const token =
  /(?<space>[ \t\r\n]+)|(?<mark>[{}[\],:])|(?<text>"(?:[^"\\\p{Cc}]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(?<other>(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-]))/uy

type Awaited = 'value' | 'valueOrEnd' | 'key' | 'keyOrEnd' | 'colon' | 'comma' | 'nothing'

/** Index of the first token that cannot stand where it does; the length where the text ends too early. */
function breaks(text: string): number {
  const open: string[] = []
  let awaited: Awaited = 'value'
  let place = 0
  while (place < text.length) {
    token.lastIndex = place
    const found = token.exec(text)
    if (found === null) return place
    const next: Awaited | undefined = found.groups?.['space'] === undefined ? after(awaited, found, open) : awaited
    if (next === undefined) return place
    awaited = next
    place += found[0].length
  }
  return place
}

/** What is awaited behind this token; undefined when it may not stand here. `open` holds the brackets not closed yet. */
function after(awaited: Awaited, found: RegExpExecArray, open: string[]): Awaited | undefined {
  const mark = found.groups?.['mark'] ?? ''
  const done = (): Awaited => (open.length === 0 ? 'nothing' : 'comma')
  if (mark === '}' || mark === ']') {
    const fits = open.pop() === (mark === '}' ? '{' : '[')
    const may = awaited === 'comma' || awaited === (mark === '}' ? 'keyOrEnd' : 'valueOrEnd')
    return fits && may ? done() : undefined
  }
  if (mark === ':') return awaited === 'colon' ? 'value' : undefined
  if (mark === ',') return awaited !== 'comma' ? undefined : open.at(-1) === '{' ? 'key' : 'value'
  if (awaited === 'key' || awaited === 'keyOrEnd') return found.groups?.['text'] === undefined ? undefined : 'colon'
  if (awaited !== 'value' && awaited !== 'valueOrEnd') return undefined
  if (mark === '') return done()
  open.push(mark)
  return mark === '{' ? 'keyOrEnd' : 'valueOrEnd'
}
