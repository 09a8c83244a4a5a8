/** The fix for one answer of the doctor: the commands, how they are shown, and how they are undone. `bench setup` runs them. */
export interface Command {
  readonly run: readonly string[]
  /** Given on stdin, such as the answer to a question. */
  readonly input?: string
  /** Run only where this one succeeds: what is gone already need not be taken away. */
  readonly when?: readonly string[]
}

export interface Remedy {
  readonly commands: readonly Command[]
  /** In the order in which they are to be run; empty where there is nothing to take back. */
  readonly undo: readonly Command[]
  /** It holds from the next boot on. */
  readonly reboot?: true
}

/** As a person can paste it into a shell. */
function plainWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

/** As one line for a shell. */
export function commandText({ run, input }: Pick<Command, 'run' | 'input'>): string {
  const words = run.map(plainWord).join(' ')
  if (input === undefined) return words
  const lines = input.replace(/\n$/, '').split('\n')
  const said =
    lines.length === 1 ? `echo ${plainWord(lines[0] ?? '')}` : `printf '%s\\n' ${lines.map(plainWord).join(' ')}`
  return `${said} | ${words}`
}

export function remedyText({ commands, reboot }: Remedy): string {
  return [...commands.map(commandText), ...(reboot === true ? ['reboot'] : [])].join(' && ')
}

/** Each of them run by itself. */
export function words(...commands: readonly (readonly string[])[]): readonly Command[] {
  return commands.map((run) => ({ run }))
}

/** Adds lines at the end of a file of the system, marked so that they, and no others, are taken out again. */
export function appended(file: string, lines: readonly string[]): Pick<Remedy, 'commands' | 'undo'> {
  const block = [`# bench setup`, ...lines, `# bench setup end`]
  return {
    commands: [{ run: ['tee', '-a', file], input: `${block.join('\n')}\n` }],
    undo: words(['sed', '-i', '', '-e', '/^# bench setup$/,/^# bench setup end$/d', file]),
  }
}
