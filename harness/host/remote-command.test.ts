import { execFileSync, spawnSync } from 'node:child_process'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { remoteCommand, remoteMark } from './remote-command.ts'

const shells = ['sh', 'bash', 'dash', 'csh', 'tcsh', 'zsh', 'fish'].filter(
  (shell) => spawnSync('sh', ['-c', `command -v ${shell}`]).status === 0,
)
/** Prints its arguments, each ended by a NUL. */
const print = ['printf', '%s\\0'] as const

function through(shell: string, line: string): { stdout: string; stderr: string; status: number | null } {
  const { stdout, stderr, status } = spawnSync(shell, ['-c', line], { encoding: 'utf8' })
  return { stdout, stderr, status }
}

describe.each(shells)('a command handed to a login shell %s', (shell) => {
  it.each([
    ['blanks', ['a b', ' ', '']],
    ['quotes', ["it's", '"', "'\\''", '`id`', '\\', "\\'"]],
    ['what shells expand', ['$HOME', '$(id)', '*', '~', '!!', '!$', 'a!b', '{a,b}', '%1', '$n', '"$n"']],
    ['operators', [';', '&', '|', '>x', '<y', '#', '(', ')', '&& id']],
    ['newlines and tabs', ['a\nb', '\n', 'x\n\ny\n', '\t', '\r\n', "'\n'"]],
    ['options', ['-n', '--', '-c']],
    ['letters beyond ASCII', ['ä€😀', '\u00a0']],
  ])('gets %s as they are', (_, words) => {
    const done = through(shell, remoteCommand('run', [...print, ...words], {}))
    expect(done.stdout.split('\0').slice(0, -1)).toEqual(words)
    expect(done.status).toBe(0)
  })

  it('gets a variable and a folder as they are', () => {
    const value = `a 'b' "c" $HOME \\ !x\nnext`
    const line = remoteCommand('spawn', ['sh', '-c', 'pwd; printf "%s" "$WORD"'], { env: { WORD: value }, cwd: '/usr' })
    expect(through(shell, line).stdout).toBe(`/usr\n${value}`)
  })

  it('tells its status on stderr, so that a lost connection is told from a program that ends with 255', () => {
    const done = through(shell, remoteCommand('run', ['sh', '-c', 'echo oops >&2; exit 255'], {}))
    expect(done.stderr).toMatch(new RegExp(`^${remoteMark} pid \\d+\noops\n\n${remoteMark} status 255\n$`))
    expect(done.status).toBe(255)
  })

  it('says that a program or a folder is missing', () => {
    expect(through(shell, remoteCommand('run', ['no-such-program'], {})).stderr).toBe(`${remoteMark} missing\n`)
    expect(through(shell, remoteCommand('run', ['true'], { cwd: '/no/such' })).stderr).toContain(
      `${remoteMark} folder\n`,
    )
  })

  it('keeps the announced pid for the program itself', () => {
    const done = through(shell, remoteCommand('spawn', ['sh', '-c', 'echo $$'], {}))
    expect(done.stderr).toBe(`${remoteMark} pid ${done.stdout.trim()}\n`)
  })
})

describe('quoting', () => {
  it('hands on any words through sh', () => {
    const word = fc
      .string({ unit: 'binary', maxLength: 40 })
      .filter((text) => !text.includes('\0') && !/[\ud800-\udfff]/.test(text))
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), (words) => {
        const line = remoteCommand('spawn', [...print, ...words], {})
        const stdout = execFileSync('sh', ['-c', line], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
        expect(stdout.split('\0').slice(0, -1)).toEqual(words)
      }),
      { numRuns: 20 },
    )
  })

  it.each([
    [['a\0b'], {}] as const,
    [['true'], { env: { 'A B': '1' } }] as const,
    [['true'], { env: { 'A=B;id': '1' } }] as const,
    [[], {}] as const,
  ])('refuses %j with %j', (command, options) => {
    expect(() => remoteCommand('run', command, options)).toThrow('must')
  })
})
