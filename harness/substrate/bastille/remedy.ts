/** The fix for one answer of the doctor: the commands, how they are shown, and how they are undone. `bench setup` runs them. */
import { pastedWord } from '../../host/remote-command.ts'

export interface Command {
  readonly run: readonly string[]
  /** Text for its stdin, such as the answer to a question. */
  readonly input?: string
  /** Run only where this command succeeds, so that nothing is removed that is gone already. */
  readonly when?: readonly string[]
}

export interface Remedy {
  readonly commands: readonly Command[]
  /** In the order in which they are to be run; empty where there is nothing to take back. */
  readonly undo: readonly Command[]
  /** It takes effect at the next boot. */
  readonly reboot?: true
}

/** A command as one line that can be pasted into a shell. */
export function commandText({ run, input }: Pick<Command, 'run' | 'input'>): string {
  const words = run.map(pastedWord).join(' ')
  if (input === undefined) return words
  const lines = input.replace(/\n$/, '').split('\n')
  const said =
    lines.length === 1 ? `echo ${pastedWord(lines[0] ?? '')}` : `printf '%s\\n' ${lines.map(pastedWord).join(' ')}`
  return `${said} | ${words}`
}

export function remedyText({ commands, reboot }: Remedy): string {
  return [...commands.map(commandText), ...(reboot === true ? ['reboot'] : [])].join(' && ')
}

/** Commands of these words, without input. */
export function words(...commands: readonly (readonly string[])[]): readonly Command[] {
  return commands.map((run) => ({ run }))
}

/** Adds lines at the end of a file of the system, between two marks, so that only they are removed again. */
export function appended(file: string, lines: readonly string[]): Pick<Remedy, 'commands' | 'undo'> {
  const block = [`# bench setup`, ...lines, `# bench setup end`]
  return {
    commands: [{ run: ['tee', '-a', file], input: `${block.join('\n')}\n` }],
    undo: words(['sed', '-i', '', '-e', '/^# bench setup$/,/^# bench setup end$/d', file]),
  }
}
