/**
 * What a command keeps between its runs where nodes are dear to make (jails): built once, used by every scenario that they fit,
 * taken down at the end. They have a journal and an entry in the index of their own, for they outlive the run that made them.
 */
import { randomBytes } from 'node:crypto'
import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { processStart, workDirectory } from './host/machine.ts'
import { sweepRun } from './lab/sweep.ts'
import { substrates, type SubstrateName } from './model/substrates.ts'
import type { World } from './model/world.ts'
import { addActive, removeActive } from './store/active.ts'
import { openJournal } from './store/journal.ts'
import { makePrivateFolder } from './store/private-file.ts'
import { fileNames } from './store/run-folder.ts'
import { runId, tagOf } from './store/run-id.ts'
import { stateFolder } from './store/state-folder.ts'
import { chooseSubstrate, makeSubstrate, type Chosen } from './substrate/choose.ts'
import { keptNodes, type KeptNodes } from './substrate/kept.ts'
import type { SubstrateContext } from './substrate/substrate.ts'
import { count } from './model/count.ts'

export interface Ground {
  /** As `chooseSubstrate`; its nodes are those of the run before where they fit. */
  readonly choose: (wanted: SubstrateName | 'auto', context: SubstrateContext) => Promise<Chosen>
  /** Takes everything down. Throws naming what stays on the host. */
  close(): Promise<void>
}

interface Standing {
  readonly key: string
  /** What was asked for, and why it was answered so. */
  readonly asked: string
  readonly why: string
  readonly nodes: KeptNodes
  readonly takeDown: () => Promise<void>
}

/** Only its journal is there: unlike a run it has no folder of reports. */
export function groundFolder(state: string, run: string): string {
  return join(state, 'ground', run)
}

/** `url`: the host as the index of runs names it. */
export function openGround(world: World, url: string, say: (line: string) => void): Ground {
  let standing: Standing | undefined
  const close = async () => {
    const { nodes, takeDown } = standing ?? {}
    standing = undefined
    if (nodes !== undefined && nodes.idle() > 0) say(`taking down ${count(nodes.idle(), 'node')}`)
    await takeDown?.()
  }
  return {
    choose: async (wanted, context) => {
      // A host that already has nodes is not asked again whether it can make them: on a slow host that takes ten seconds.
      const asked = JSON.stringify([wanted, context.settings])
      if (standing?.asked === asked) return { substrate: standing.nodes.forRun(), why: standing.why }
      const { substrate, why } = await chooseSubstrate(wanted, context)
      const key = JSON.stringify([substrate.name, context.settings])
      if (standing !== undefined && standing.key !== key) await close()
      if (substrates[substrate.name].keeps !== true) return { substrate, why }
      standing ??= { key, asked, why, ...(await settle(world, url, substrate.name, context)) }
      return { substrate: standing.nodes.forRun(), why }
    },
    close,
  }
}

async function settle(
  world: World,
  url: string,
  name: SubstrateName,
  context: SubstrateContext,
): Promise<Pick<Standing, 'nodes' | 'takeDown'>> {
  const tag = tagOf(randomBytes(4))
  const run = runId(world.now(), 'shared-nodes', tag)
  const directory = workDirectory(run)
  const inner = await makeSubstrate(name, { ...context, run, tag, directory })
  const state = stateFolder(world.env)
  const folder = groundFolder(state, run)
  await makePrivateFolder(folder, 'XDG_STATE_HOME')
  const start = (await processStart(world.pid)) ?? ''
  const { settings } = context
  await addActive(state, { run, pid: world.pid, start, folder, substrate: name, host: url, directory, settings })
  const journal = await openJournal(join(folder, fileNames.journal), run)
  const nodes = keptNodes(inner, journal)
  const takeDown = async () => {
    try {
      // The sweep reports their errors again, with everything that is still there.
      await nodes.close().catch(() => undefined)
      await sweepRun(journal, inner)
      await removeActive(state, run)
    } finally {
      await journal.close()
    }
    await rm(folder, { recursive: true })
  }
  return { nodes, takeDown }
}
