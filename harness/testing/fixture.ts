/** vitest's `test` with a `lab` in it. Ten tests of a file share one lab; files do not meet. */
import { test as base } from 'vitest'
import { openTestLab, type Lab, type LabSetup, type Unavailable } from './lab.ts'
import { addMatchers } from './matchers.ts'

addMatchers()

/**
 * vitest's `test` with a `lab` made for the first test of a file that asks for it and taken down after the last one, also after
 * failed, timed-out and interrupted tests. Where the substrate cannot run here the test is skipped with the reason.
 * Every call gives a `test` with a lab of its own.
 */
export function testWith(setup: LabSetup) {
  return base
    .extend('setup', { scope: 'file' }, (): LabSetup => setup)
    .extend('openedLab', { scope: 'file' }, async ({ setup: wanted }, { onCleanup }): Promise<Lab | Unavailable> => {
      const opened = await openTestLab(wanted)
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
}

/** With one server `hub` and one load node `a`; choose another topology with `test.override('setup', { topology: ... })`. */
export const test = testWith({ topology: { hub: { role: 'server' }, a: { role: 'load' } } })
