/** The pages that a user reads, and the commands and examples in them. For the harness's own tests. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

export const root = join(import.meta.dirname, '../..')

/** Paths of README.md, CONTRIBUTING.md and all pages of docs/, relative to the checkout. */
export const pages: readonly string[] = [
  'README.md',
  'CONTRIBUTING.md',
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`)
    .toSorted(),
]

export const textOf = (page: string): string => readFileSync(join(root, page), 'utf8')

/** Code blocks of one language, in order, without their fences. */
export function codeOf(page: string, language: string): readonly string[] {
  return [...textOf(page).matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code ?? '',
  )
}

export interface PageCommand {
  readonly page: string
  /** The command as it is written, without its comment. */
  readonly line: string
  /** Words after `bench`; absent where the line calls another program. */
  readonly words?: readonly string[]
  /** What it needs that a test does not have, as its comment says: `# needs FreeBSD`. */
  readonly needs?: string
}

/** Each line of each `sh` block. */
export const commands: readonly PageCommand[] = pages.flatMap((page) =>
  codeOf(page, 'sh').flatMap((code) =>
    code
      .split('\n')
      .filter((line) => line.trim() !== '')
      .map((line) => commandOf(page, line)),
  ),
)

function commandOf(page: string, whole: string): PageCommand {
  const [line = '', comment = ''] = whole.split(/\s+# /, 2)
  const bench = /^(?:pnpm bench|bench)(?: (.*))?$/.exec(line)
  const needs = /^needs (.+)$/.exec(comment)?.[1]
  return {
    page,
    line,
    ...(bench === null ? {} : { words: (bench[1] ?? '').split(' ').filter((word) => word !== '') }),
    ...(needs === undefined ? {} : { needs }),
  }
}
