/** A first word that is no command is a scenario to `run`, so a misspelt command meets that command's error first. */
import type { Command } from 'commander'
import { nearest } from '../scenario/nearest.ts'

/** The command that it was probably meant to be. */
export function misspelt(program: Command, word: string | undefined): string | undefined {
  const names = ['help', ...program.commands.map((command) => command.name())]
  return word === undefined || word.startsWith('-') || names.includes(word) ? undefined : nearest(word, names)
}
