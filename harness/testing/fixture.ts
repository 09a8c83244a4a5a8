/** vitest's `test` with a `lab` in it. All tests of a file share one lab; every file has its own. */
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
  const own = labTest(setup)
  openFirst(own)
  return own
}

/** Time limit for building a lab. It is separate, so that the limit of a test is for the test alone. */
const buildWithinMs = 300_000

/** Builds the lab before the first test of the file, and only where a test that uses it runs. */
function openFirst(own: LabTest): void {
  own.beforeAll(({ openedLab }) => void openedLab, buildWithinMs)
}

type LabTest = ReturnType<typeof labTest>

function labTest(setup: LabSetup) {
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
export const test = onFirstUse(labTest({ topology: { hub: { role: 'server' }, a: { role: 'load' } } }), openFirst)

/** Calls `first` when the test is first used, so that a file which imports only `testWith` from here builds no second lab. */
function onFirstUse(own: LabTest, first: (own: LabTest) => void): LabTest {
  let used = false
  const use = () => {
    if (used) return
    used = true
    first(own)
  }
  return new Proxy(own, {
    apply: (target, self, words) => {
      use()
      return Reflect.apply(target, self, words) as unknown
    },
    get: (target, name) => {
      use()
      return Reflect.get(target, name) as unknown
    },
  })
}
