/** vitest's `test` with a `lab` in it. Ten tests of a file share one lab; files do not meet. */
import { test as base } from 'vitest'
import { openTestLab, type Lab, type LabSetup, type Unavailable } from './lab.ts'
import { addMatchers } from './matchers.ts'

addMatchers()

/**
 * `lab` is made for the first test of a file that asks for it and taken down after the last one, also after failed, timed-out and
 * interrupted tests. Where the substrate cannot run here the test is skipped with the reason. Choose the topology for a
 * file or a `describe` with `test.override('setup', { topology: ... })`, or once with `testWith`.
 */
export const test = base
  .extend('setup', { scope: 'file' }, (): LabSetup => ({ topology: { hub: { role: 'server' }, a: { role: 'load' } } }))
  .extend('openedLab', { scope: 'file' }, async ({ setup }, { onCleanup }): Promise<Lab | Unavailable> => {
    const opened = await openTestLab(setup)
    onCleanup(async () => {
      if ('close' in opened) await opened.close()
    })
    return opened
  })
  .extend('lab', ({ openedLab, skip, onTestFailed }): Lab => {
    if ('unavailable' in openedLab) return skip(openedLab.unavailable)
    onTestFailed(async ({ task }) => {
      console.error(`lab of the failed test "${task.name}":\n${await openedLab.explain()}`)
    })
    return openedLab
  })

/** `test` for one topology or scenario. */
export function testWith(setup: LabSetup): typeof test {
  return test.override('setup', { scope: 'file' }, () => setup)
}
