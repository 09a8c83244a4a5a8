/**
 * A process that cleans up after the process of a test: `node guard.ts PID START`. When its stdin ends without `done`, that process
 * has died (a crash, or a Ctrl-C after which vitest killed its workers). The guard then sweeps by the journals of its labs at once;
 * without it the next lab would do it.
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
// Loaded only now, so that a guard that is not needed costs little.
const { sweepDead } = await import('../session.ts')
const { testWorld } = await import('./setup.ts')
const { failed } = await sweepDead(testWorld(), () => undefined)
if (failed[0] !== undefined) throw failed[0].error
