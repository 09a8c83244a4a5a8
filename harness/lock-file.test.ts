/** The lock file names packages of native code for each system apart; one that was written with only some of them installs nowhere else. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

test('a package of native code for Linux is locked for FreeBSD too', () => {
  const lock = readFileSync(new URL('../pnpm-lock.yaml', import.meta.url), 'utf8')
  const locked = new Set([...lock.matchAll(/^ {2}'?([^\s']+)'?:$/gm)].map(([, name]) => name!))
  const wanted = [...locked].flatMap((name) => {
    const [, family, version] = /^(.*)linux-x64(?:-gnu|-musl)?@(.*)$/.exec(name) ?? []
    return family === undefined ? [] : ['x64', 'arm64'].map((cpu) => `${family}freebsd-${cpu}@${version}`)
  })
  expect(wanted.length).toBeGreaterThan(0)
  expect(wanted.filter((name) => !locked.has(name))).toEqual([])
})
