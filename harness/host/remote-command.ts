/**
 * The one place where arguments become a string for a shell: ssh hands the remote login shell one line, and that shell
 * may be sh, bash or csh (root's on older FreeBSD). So the line is `exec /bin/sh -c SCRIPT sh WORDS` with nothing in it
 * that csh reads differently, and WORDS are taken apart by that /bin/sh, which POSIX describes.
 */
import { BenchError } from '../model/error.ts'

/** Marks each line on stderr that our scripts wrote, and not the program. */
export const remoteMark = '%%bench%%'

export interface RemoteOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
}

/** First $1: the words, quoted for sh; $n in them is a newline. Then: folder, NAME=value ..., --, program, arguments. */
const begin =
  'n="$(printf "\\nx")"; n="${n%x}"; eval "set -- $1"; ' +
  `if [ -n "$1" ]; then cd -- "$1" || { echo "${remoteMark} folder" >&2; exit 126; }; fi; shift; ` +
  'while [ "$1" != "--" ]; do export "$1"; shift; done; shift; ' +
  `command -v "$1" >/dev/null 2>&1 || { echo "${remoteMark} missing" >&2; exit 127; }; ` +
  `echo "${remoteMark} pid $$" >&2; `

const scripts = {
  /** Keeps its pid: the program is the one that was announced, and leads its process group. */
  spawn: `${begin}exec "$@"`,
  /** Says the status itself: without that line the connection was lost, whatever status ssh ends with. */
  run: `${begin}"$@"; s=$?; echo >&2; echo "${remoteMark} status $s" >&2; exit $s`,
} as const

export function remoteCommand(how: keyof typeof scripts, command: readonly string[], options: RemoteOptions): string {
  if (command.length === 0) throw new BenchError('bug', 'command must name a program, got an empty list')
  const variables = Object.entries(options.env ?? {}).map(([name, value]) => {
    if (!/^[A-Za-z_]\w*$/.test(name)) {
      throw new BenchError('bug', `variable must have a plain name, got ${JSON.stringify(name)}`)
    }
    return `${name}=${value}`
  })
  const words = [options.cwd ?? '', ...variables, '--', ...command].map(shellWord).join(' ')
  return `exec /bin/sh -c ${loginWord(scripts[how])} sh ${loginWord(words)}`
}

/** A word as a person can paste it into a shell. */
export function pastedWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** For sh: nothing is special between single quotes. A newline becomes the script's own variable. */
function shellWord(text: string): string {
  if (text.includes('\0')) throw new BenchError('bug', `argument must not hold a NUL, got ${JSON.stringify(text)}`)
  return `'${text.replaceAll("'", `'\\''`).replaceAll('\n', `'"$n"'`)}'`
}

/** For sh, bash and csh alike: csh also looks for `!` between single quotes, and ends them at a newline. */
function loginWord(text: string): string {
  if (text.includes('\n')) throw new BenchError('bug', 'a word for the login shell must not hold a newline')
  return `'${text.replaceAll(/['!]/g, (letter) => `'\\${letter}'`)}'`
}
