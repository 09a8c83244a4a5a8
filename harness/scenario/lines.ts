/**
 * Finds where in the text of a file a value is written. It follows literal objects and lists from the default export (or the first
 * bracket of a JSON file), and gives up where a value is computed, spread or defined elsewhere.
 */

/** Answers for a path with the line, from 1, of its longest part that is found in the text; undefined where no part is. */
export function linesIn(text: string): (path: string) => number | undefined {
  const places = literalPlaces(text)
  const lineAt = lineCounter(text)
  return (path) => {
    const parts = path.split('.')
    for (let length = parts.length; length > 0; length--) {
      const place = places.get(parts.slice(0, length).join('.'))
      if (place !== undefined) return lineAt(place)
    }
    return undefined
  }
}

function lineCounter(text: string): (place: number) => number {
  const breaks = Array.from(text.matchAll(/\n/g), ({ index }) => index)
  return (place) => {
    let [low, high] = [0, breaks.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (breaks[middle]! < place) low = middle + 1
      else high = middle
    }
    return low + 1
  }
}

const token =
  /(?<skip>\s+|\/\/[^\n]*|\/\*[^]*?\*\/)|(?<text>"(?:[^"\\\n]|\\[^])*"|'(?:[^'\\\n]|\\[^])*'|`(?:[^`\\]|\\[^])*`)|(?<word>[\p{L}\p{N}_$][\p{L}\p{N}_$]*)|(?<mark>[^])/uy

interface Token {
  readonly kind: 'text' | 'word' | 'mark'
  readonly value: string
  readonly place: number
}

interface Level {
  readonly mark: string
  readonly path: string
  index: number
}

/** Path → index in the text of its key; for members of a list, of their first token. */
function literalPlaces(text: string): ReadonlyMap<string, number> {
  const tokens = tokensOf(text)
  const places = new Map<string, number>()
  const root = rootOf(tokens)
  const levels: Level[] = []
  for (let at = root; at < tokens.length; at++) {
    const { kind, value, place } = tokens[at] ?? { kind: 'mark', value: '', place: 0 }
    const level = levels.at(-1)
    if (kind === 'mark' && '})]'.includes(value)) {
      levels.pop()
      if (levels.length === 0) break
      continue
    }
    const path = level === undefined ? '' : pathAt(level, tokens, at)
    if (path !== undefined && level !== undefined && starts(tokens, at) && !places.has(path)) places.set(path, place)
    if (kind === 'mark' && '{(['.includes(value)) levels.push({ mark: value, path: path ?? '?', index: 0 })
    else if (kind === 'mark' && value === ',' && level !== undefined) level.index++
  }
  return named(places, text)
}

/** The path of the member that this token belongs to. */
function pathAt(level: Level, tokens: readonly Token[], at: number): string | undefined {
  const below = (name: string) => (level.path === '' ? name : `${level.path}.${name}`)
  if (level.mark === '(') return level.path
  if (level.mark === '[') return below(String(level.index))
  for (let back = at; back >= 0; back--) {
    const before = tokens[back - 1]
    if (before?.kind === 'mark' && '{,'.includes(before.value)) {
      const key = tokens[back]
      return key === undefined || key.kind === 'mark' ? undefined : below(unquoted(key.value))
    }
    if (before?.kind === 'mark' && '})]'.includes(before.value)) return undefined
  }
  return undefined
}

/** Is this the first token of a member? */
function starts(tokens: readonly Token[], at: number): boolean {
  const before = tokens[at - 1]
  return before !== undefined && before.kind === 'mark' && '{[,'.includes(before.value)
}

/** Index of the bracket that opens the scenario: after `export default`, or after the definition of the name that is exported. */
function rootOf(tokens: readonly Token[]): number {
  const opens = (from: number) => tokens.findIndex(({ value }, at) => at >= from && value === '{')
  const exported = tokens.findIndex(({ value }, at) => value === 'export' && tokens[at + 1]?.value === 'default')
  if (exported === -1) return opens(0)
  const name = tokens[exported + 2]
  const declared = tokens.findIndex(({ value }, at) => value === name?.value && tokens[at - 1]?.value === 'const')
  return opens(declared === -1 ? exported : declared)
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = []
  token.lastIndex = 0
  for (let found = token.exec(text); found !== null; found = token.exec(text)) {
    const { text: quoted, word, mark } = found.groups ?? {}
    if (quoted !== undefined) tokens.push({ kind: 'text', value: quoted, place: found.index })
    else if (word !== undefined) tokens.push({ kind: 'word', value: word, place: found.index })
    else if (mark !== undefined) tokens.push({ kind: 'mark', value: mark, place: found.index })
  }
  return tokens
}

/** Adds the places of each workload under its name, because messages name workloads so. */
function named(places: ReadonlyMap<string, number>, text: string): ReadonlyMap<string, number> {
  const all = new Map(places)
  const names = new Map<string, string>()
  for (const [path, place] of places) {
    const [, position] = /^workloads\.(\d+)\.name$/.exec(path) ?? []
    const [, name] = /^['"]?name['"]?\s*:\s*['"`]([^'"`]*)/.exec(text.slice(place, place + 200)) ?? []
    if (position !== undefined && name !== undefined) names.set(position, name)
  }
  for (const [path, place] of places) {
    const [, position = '', rest = ''] = /^workloads\.(\d+)(\..*)?$/.exec(path) ?? []
    const name = names.get(position)
    if (name !== undefined) all.set(`workloads.${name}${rest}`, place)
  }
  return all
}

function unquoted(text: string): string {
  return /^["'`]/.test(text) ? text.slice(1, -1) : text
}
