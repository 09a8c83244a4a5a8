/** `--open`: the page of what was measured, in a browser. */
import type { Command } from 'commander'
import { join } from 'node:path'
import { openPage } from '../host/open-page.ts'
import { warning } from '../model/warning.ts'
import type { World } from '../model/world.ts'
import { fileNames } from '../store/run-folder.ts'
import { sayTo } from './error-text.ts'

export interface OpenWords {
  readonly open?: boolean
}

export function openOption(command: Command): Command {
  return command.option('--open', 'open the page of the report in a browser')
}

/** Of a run folder its page. That it cannot be opened is a warning: what was measured is there. */
export async function openIfAsked({ open }: OpenWords, folder: string | undefined, world: World): Promise<void> {
  if (open !== true || folder === undefined) return
  await openFile(join(folder, fileNames.page), world)
}

export async function openFile(page: string, world: World): Promise<void> {
  const problem = await openPage(page)
  if (problem !== undefined) sayTo(world)(warning(problem))
}
