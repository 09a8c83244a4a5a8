/**
 * Outlives the process of a test: `node guard.ts PID START`. When its stdin ends without `done`, that process died (a crash, a
 * Ctrl-C that made vitest kill its workers), and what its labs left goes by their journals, at once instead of with the next lab.
 */
import { createInterface } from 'node:readline'
import { processStart } from '../host/machine.ts'
import { sameStart } from '../model/process-start.ts'

const goneWithinMs = 10_000
const pollMs = 20

for await (const line of createInterface({ input: process.stdin })) if (line === 'done') process.exit(0)

const [pid = '', start = ''] = process.argv.slice(2)
const deadline = performance.now() + goneWithinMs
while (sameStart(await processStart(Number(pid)), start) && performance.now() < deadline) {
  await new Promise((resolve) => setTimeout(resolve, pollMs))
}
// Loaded only now: a guard that is never needed costs next to nothing.
const { sweepDead } = await import('../session.ts')
const { testWorld } = await import('./setup.ts')
const { failed } = await sweepDead(testWorld(), () => undefined)
if (failed[0] !== undefined) throw failed[0].error
