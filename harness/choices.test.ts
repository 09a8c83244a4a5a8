import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { serverChoice } from './choices.ts'
import { BenchError } from './model/error.ts'

let here = ''
beforeAll(() => {
  here = mkdtempSync(join(tmpdir(), 'choices-'))
  for (const file of ['mine', '2.15', '2.15.2', 'v2.15.1']) writeFileSync(join(here, file), '', { mode: 0o755 })
  for (const folder of ['build', 'main', 'out/nats-server']) mkdirSync(join(here, folder), { recursive: true })
  writeFileSync(join(here, 'out/server'), '', { mode: 0o755 })
  writeFileSync(join(here, 'out/notes'), '', { mode: 0o644 })
})
afterAll(() => rmSync(here, { recursive: true }))

describe('a server that was chosen', () => {
  it.each(['mine', './mine', 'out/server', 'out/../mine', '2.15'])(
    'is the program %s, which is a file here',
    (text) => {
      expect(serverChoice(text, here)).toEqual({ path: join(here, text) })
      expect(serverChoice(join(here, text), '/')).toEqual({ path: join(here, text) })
    },
  )

  it.each([
    ['2.15.2', '2.15.2'],
    ['v2.15.1', '2.15.1'],
    ['V2.14.0', '2.14.0'],
    ['2.16.0-RC.1', '2.16.0-RC.1'],
    ['dev', 'dev'],
    ['c0ffee1', 'c0ffee1'],
    ['refs/heads/main', 'refs/heads/main'],
  ])('is the release or git ref %s', (text, version) => {
    expect(serverChoice(text, here)).toEqual({ version })
  })

  it.each([
    ['build', /got "build", which is a folder here.*hint.*build\/nats-server.*refs\/heads\/build/],
    ['./build', /got ".\/build", which is a folder here.*hint.*build\/nats-server"$/],
    ['/dev/null', /must be a program, got "\/dev\/null", which is a device, a pipe or a socket$/],
    ['main', /which is a folder here.*refs\/heads\/main/],
    ['out/nats-server', /which is a folder here/],
    ['nats-server', /must be a program that is there, got "nats-server" in .*command -v nats-server/],
    ['./nats-server', /must be a program that is there, got ".\/nats-server"/],
    ['release/v2.15', /must be a program that is there, .*refs\/heads\/release\/v2\.15/],
    [
      '2.14',
      /must be a release of nats-server such as "2\.15\.2", or a git ref such as "main", or the path of a program, got "2\.14"/,
    ],
    ['v2.14', /got "v2\.14"/],
    ['', /or the path of a program, got an empty word$/],
    [' ', /got an empty word$/],
    ['origin/main', /hint for a git ref of that name: refs\/heads\/main$/],
    ['heads/my/branch', /: refs\/heads\/my\/branch$/],
    ['tags/v2.15.1', /: refs\/tags\/v2\.15\.1$/],
    ['pull/7448/head', /hint of a pull request give the program, built from it$/],
    ['refs/pull/7448/head', /hint of a pull request give the program/],
    ['refs/remotes/origin/main', /: refs\/heads\/main$/],
    ['2', /got "2"/],
    ['2.15.x', /got "2\.15\.x"/],
    ['out/notes', /which may not be executed.*hint chmod \+x/],
    ['~/nats-server', /must be a program that is there.*hint a path is read in/],
    ['https://example.com/nats-server', /hint a path is read in/],
    ['2.15.2.1', /got "2\.15\.2\.1"/],
    ['a..b', /got "a\.\.b"/],
    ['-x', /got "-x"/],
    ['a b', /got "a b"/],
  ])('is refused as %s, with what to do', (text, words) => {
    try {
      serverChoice(text, here, '--head')
      expect.unreachable()
    } catch (error) {
      if (!(error instanceof BenchError)) throw error
      expect(error.exitStatus).toBe(64)
      expect(error.message).toMatch(/^--head must be/)
      expect(`${error.message} hint ${error.hint ?? ''}`.trim().replace(/ hint$/, '')).toMatch(words)
    }
  })
})
