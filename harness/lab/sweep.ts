/** What a dead run left behind goes, and its journal says so. */
import type { Journal } from '../model/journal.ts'
import type { Substrate } from '../substrate/substrate.ts'

/**
 * Throws, naming what stays, when the substrate could not remove everything; nothing is marked gone then. `signal`: of who sweeps
 * after another run; a run's own taking down goes on to its end.
 */
export async function sweepRun(journal: Journal, substrate: Substrate, signal?: AbortSignal): Promise<void> {
  const open = journal.open()
  if (open.length === 0) return
  await substrate.sweep([...open].reverse(), signal)
  for (const entry of open) await journal.gone(entry)
}
