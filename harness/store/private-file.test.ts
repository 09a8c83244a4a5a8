import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it, onTestFinished } from 'vitest'
import { asking, makePrivateFolder, reading } from './private-file.ts'

async function place(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'private-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  return folder
}

it('makes a folder with those above it, for its owner alone, and is content with one that is there', async () => {
  const folder = join(await place(), 'a', 'b', 'c')
  await Promise.all([makePrivateFolder(folder), makePrivateFolder(folder)])
  await makePrivateFolder(folder)
  expect((await stat(folder)).mode & 0o777).toBe(0o700)
})

it('refuses to make one below a file, or in the place of one', async () => {
  const file = join(await place(), 'file')
  await writeFile(file, '')
  await expect(makePrivateFolder(join(file, 'below', 'it'))).rejects.toMatchObject({ code: 'cannot-create' })
  await expect(makePrivateFolder(file)).rejects.toMatchObject({ code: 'cannot-create' })
})

// Node's own recursive mkdir never ends here.
it.skipIf(process.platform !== 'linux')(
  'ends where the system refuses with ENOENT below a folder that is there',
  async () => {
    await expect(makePrivateFolder('/proc/nope')).rejects.toThrow('folder /proc/nope must be creatable, got ENOENT')
    await expect(makePrivateFolder('/proc/nope/deeper')).rejects.toThrow('got ENOENT')
  },
)

it.each([
  ['ENOENT', 'nothing can be made there; choose another folder with --out'],
  ['ENAMETOOLONG', 'a name of the path is too long; choose another folder with --out'],
  [
    'EFBIG',
    'files may be no larger here: raise the limit of your shell (ulimit -f), or use a file system that takes them',
  ],
  ['EACCES', 'choose a folder you may write to with --out, or change its permissions'],
])('what could not be made for %s has a hint', async (code, hint) => {
  const refused = () => Promise.reject(Object.assign(new Error(code), { code }))
  await expect(asking('cannot-create', 'folder must be creatable', refused)).rejects.toMatchObject({ hint })
})

it('a folder that may not be read is to be one that may be read, not written to', async () => {
  const refused = () => Promise.reject(Object.assign(new Error('no'), { code: 'EACCES' }))
  await expect(reading('folder /x', refused)).rejects.toMatchObject({
    code: 'io',
    message: 'folder /x must be readable, got EACCES',
    hint: 'choose a folder you may read with --out, or change its permissions',
  })
})
