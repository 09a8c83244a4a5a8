/** Values and texts of files that are not trusted, as one short line that is safe to print: no control characters, no escape codes. */

const most = 80

/** A value as it is written after `..., got`. */
export function printed(value: unknown): string {
  return cut(visible(described(value)))
}

/** Characters that could move a terminal's cursor or reverse a line become visible escapes. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code > 0xffff ? `\\u{${code.toString(16)}}` : `\\u${code.toString(16).padStart(4, '0')}`
  })
}

function described(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return JSON.stringify(value.length > 2 * most ? value.slice(0, 2 * most) : value)
  if (typeof value === 'bigint') return `${value}n`
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'symbol') return 'a symbol'
  if (Array.isArray(value)) return `a list of ${value.length}`
  if (typeof value === 'object' && value !== null) return briefObject(value)
  return `${value as number | boolean | null}`
}

function briefObject(value: object): string {
  const keys = Object.keys(value)
  const some = keys.slice(0, 4).map((key) => key.slice(0, most))
  return `{ ${some.join(', ')}${keys.length > 4 ? ', ...' : ''} }`.replace('{  }', '{}')
}

function cut(text: string): string {
  return text.length <= most ? text : `${text.slice(0, most - 3)}...`
}
