import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

const bash = ['/bin/bash', '/usr/bin/bash', '/usr/local/bin/bash'].find((path) => existsSync(path))
const script = async (shell: string) => (await benchHere(process.cwd(), 'completion', shell)).out

/** What bash offers for the last of the words. */
async function offered(...words: readonly string[]): Promise<readonly string[]> {
  const line = `${await script('bash')}
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1)); _bench; printf '%s\\n' "\${COMPREPLY[@]}"`
  const said = execFileSync(bash ?? 'bash', ['-c', line, 'bash', 'bench', ...words], { encoding: 'utf8' })
  return said.split('\n').filter((word) => word !== '')
}

describe('bench completion', () => {
  it.skipIf(bash === undefined)('offers commands, then options, choices and scenarios of the command', async () => {
    expect(await offered('comp')).toEqual(['compare', 'completion'])
    expect(await offered('run', '--me')).toEqual(['--measure'])
    expect(await offered('run', 'fan')).toEqual(['fan-in', 'fan-out'])
    expect(await offered('run', '--on', 'proc')).toEqual(['process'])
    expect(await offered('images', 'li')).toEqual(['list'])
  })

  it('speaks zsh and fish too', async () => {
    expect(await script('zsh')).toContain('bashcompinit')
    expect(await script('fish')).toMatch(/^complete -c bench -n __fish_use_subcommand -a run -d /m)
    expect(await script('fish')).toMatch(/seen_subcommand_from run' -l measure -d /)
  })

  it('refuses another shell', async () => {
    expect((await benchHere(process.cwd(), 'completion', 'tcsh')).status).toBe(64)
  })
})
