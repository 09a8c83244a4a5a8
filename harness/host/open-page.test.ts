import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { openPage } from './open-page.ts'

it('says what kept a page from being opened', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'open-'))
  expect(await openPage('page.html', join(folder, 'no-opener'))).toContain('no-opener must open the page, got: spawn')
  expect(await openPage('page.html', 'true')).toBeUndefined()
  await rm(folder, { recursive: true })
})
