/** Runs every command of README and docs/, in the order of its page, except those whose comment says that they need something. */
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe } from 'vitest'
import { test } from './command.ts'
import { codeOf, commands, pages, root } from './pages.ts'

/** Accepted exit statuses: 1 and 2 are verdicts, which are no fault of the page; 64 and more are errors. */
const answers = [0, 1, 2]

/** Files that a page names and its reader has, as absolute paths. */
function placed(words: readonly string[], folder: string): readonly string[] {
  return words.map((word) => {
    if (word.startsWith('reports/')) return join(root, word)
    return /^[\w-]+\.(ts|html|md|xml)$/.test(word) ? join(folder, word) : word
  })
}

describe.each(pages.filter((page) => commands.some((each) => each.page === page && each.needs === undefined)))(
  '%s',
  (page) => {
    test('runs as it is written', { timeout: 600_000 }, async ({ cli, expect }) => {
      for (const code of codeOf(page, 'ts')) {
        const name = /^\/\/ (\S+\.ts)$/m.exec(code)?.[1]
        if (name !== undefined)
          await writeFile(
            join(cli.folder, name),
            code.replace("'nats-jail-harness'", `'${join(root, 'harness/model/define-scenario.ts')}'`),
          )
      }
      for (const { line, words = [] } of commands.filter((each) => each.page === page && each.needs === undefined)) {
        const { status, stdout, stderr } = await cli.run(...placed(words, cli.folder))
        expect(answers, `${line}\n${stdout}\n${stderr}`).toContain(status)
      }
    })
  },
)
