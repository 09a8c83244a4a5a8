import type { Command } from 'commander'
import type { World } from '../model/world.ts'

/** What adds a command: its words, help with an example, and the call that answers with an exit status. */
export type Register = (program: Command, run: (action: () => Promise<number>) => Promise<void>, world: World) => void
