/** A fact of a workload kind stands in its own file of model/kinds/: no other file may ask which kind it has before it. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { kinds } from './model/kinds/kinds.ts'
import { echo, ping, probe } from './model/kinds/support.ts'

const house = import.meta.dirname
const names = [...Object.keys(kinds), ...Object.keys({ echo, ping, probe })].join('|')

/** A kind's name that is compared, switched over, picked out of a union, or a key of a table. */
const asked = new RegExp(
  [
    `[=!]==?\\s*'(?:${names})'`,
    `'(?:${names})'\\s*[=!]==?`,
    `case\\s+'(?:${names})'`,
    `kind: '(?:${names})'(?: \\||\\s*\\})`,
    `\\.includes\\(\\s*'(?:${names})'`,
    `^\\s*(?:${names}):\\s*(?!\\()(?:true|false|'|/|\\[|undefined)`,
  ].join('|'),
  'gm',
)

function questions(text: string): string[] {
  return [...text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '').matchAll(asked)].map(([found]) => found.trim())
}

describe('workload kinds', () => {
  it.each([
    `if (job.kind === 'publish') return`,
    `kind !== 'subscribe' || more`,
    `case 'request': return`,
    `type A = Extract<Workload, { kind: 'publish' | 'request' }>`,
    `const ends = {\n  publish: true,\n}`,
  ])('are seen to be asked for in %s', (text) => {
    expect(questions(text)).not.toEqual([])
  })

  it('are asked for by name nowhere but in their own files and in the agent', () => {
    const found = readdirSync(house, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
      .filter((file) => !file.startsWith('agent/') && !file.startsWith('model/kinds/'))
      .flatMap((file) => questions(readFileSync(join(house, file), 'utf8')).map((text) => `${file}: ${text}`))
    expect(found).toEqual([])
  })
})
