/** `bench completion`: a script with which a shell completes commands, options, their choices and names of scenarios. */
import { Argument, type Command } from 'commander'
import { root } from '../run.ts'
import { knownNames } from '../scenario/catalogue.ts'
import type { Register } from './register.ts'

const shells = ['bash', 'zsh', 'fish'] as const
type Shell = (typeof shells)[number]

interface Word {
  readonly text: string
  readonly about: string
}

/** What may follow a command: its options, and what they or its arguments can be. */
interface Entry extends Word {
  readonly words: readonly Word[]
}

export const completionCommand: Register = (program, run, world) => {
  program
    .command('completion')
    .description('print a script that lets your shell complete commands, options and names of scenarios')
    .addArgument(new Argument('<shell>').choices(shells))
    .addHelpText('after', '\nExample: source <(pnpm --silent bench completion bash)')
    .action((shell: Shell) =>
      run(async () => {
        // names of files that somebody else chose, in a script that a shell runs
        const names = (await knownNames(world.cwd, root)).filter((name) => /^[a-z0-9][a-z0-9-]*$/i.test(name))
        world.out(scripts[shell](entriesOf(program, names)))
        return 0
      }),
    )
}

function entriesOf(program: Command, scenarios: readonly string[]): readonly Entry[] {
  return program.commands.map((command) => {
    const options = command.options.flatMap(({ long, description, argChoices = [] }) => [
      ...(long === undefined || long === null ? [] : [{ text: long, about: description }]),
      ...argChoices.map((text) => ({ text, about: `of ${long ?? ''}` })),
    ])
    const below = command.commands.map((each) => ({ text: each.name(), about: each.description() }))
    const takes = command.registeredArguments
    const choices = takes.flatMap(({ argChoices = [] }) => argChoices).map((text) => ({ text, about: '' }))
    const named = takes.some((each) => each.name() === 'scenario') ? scenarios : []
    const words = [...options, ...below, ...choices, ...named.map((text) => ({ text, about: 'scenario' }))]
    return { text: command.name(), about: command.description(), words }
  })
}

const scripts: Readonly<Record<Shell, (entries: readonly Entry[]) => string>> = { bash, zsh, fish }

const texts = (words: readonly Word[]): string => words.map(({ text }) => text).join(' ')

function bash(entries: readonly Entry[]): string {
  return `_bench() {
  local words
  case "\${COMP_WORDS[1]}" in
${entries.map(({ text, words }) => `    ${text}) words="${texts(words)}" ;;`).join('\n')}
    *) words="" ;;
  esac
  [ "$COMP_CWORD" -eq 1 ] && words="${texts(entries)}"
  COMPREPLY=($(compgen -W "$words" -- "\${COMP_WORDS[COMP_CWORD]}"))
}
complete -o default -F _bench bench
`
}

function zsh(entries: readonly Entry[]): string {
  return `autoload -U +X compinit bashcompinit && compinit && bashcompinit\n${bash(entries)}`
}

function fish(entries: readonly Entry[]): string {
  const about = (text: string): string => (text === '' ? '' : ` -d '${text.replaceAll(/['\\]/g, '\\$&')}'`)
  const first = entries.map(
    (entry) => `complete -c bench -n __fish_use_subcommand -a ${entry.text}${about(entry.about)}`,
  )
  const others = entries.flatMap(({ text, words }) =>
    words.map((word) => {
      const what = word.text.startsWith('--') ? `-l ${word.text.slice(2)}` : `-a ${word.text}`
      return `complete -c bench -n '__fish_seen_subcommand_from ${text}' ${what}${about(word.about)}`
    }),
  )
  return `${[...first, ...others].join('\n')}\n`
}
