import { describe, expect, it } from 'vitest'
import { answer, recordedHost } from './transcript-under-test.ts'
import type { Transcript } from './transcript-under-test.ts'
import { destroyWords, parseVersion, probeVersion, supported } from './version.ts'

function recorded(name: Transcript) {
  const told = answer(name, 'bastille version')
  return parseVersion(told.stdout, told.stderr, answer(name, 'bastille -q version').status === 0)
}

describe('the version of Bastille', () => {
  it.each([
    ['1.0.1', '1.0.1.250714', [1, 0, 1]],
    ['1.1.2', '1.1.2.251119', [1, 1, 2]],
    ['1.3.2', '1.3.2.251225', [1, 3, 2]],
    ['1.4.4', '1.4.4', [1, 4, 4]],
    ['freebsd-15.1', '1.4.4', [1, 4, 4]],
  ] as const)('is read from what %s prints, on stdout or stderr', (name, text, numbers) => {
    expect(recorded(name)).toEqual({ text, numbers, next: false })
  })

  it('is told apart from 1.4.4 for newer code, which prints the same text', () => {
    expect(recorded('head')).toEqual({ text: '1.4.4', numbers: [1, 4, 4], next: true })
  })

  it('is found below colours and without a number in a build from git', () => {
    expect(parseVersion('\u001b[0;32m0.9.20220714\u001b[0m\n', '', false)?.numbers).toEqual([0, 9, 20220714])
    expect(parseVersion('master-040f806\n', '', true)).toMatchObject({ text: 'master-040f806', next: true })
    expect(parseVersion('', '', false)).toBeUndefined()
  })

  it('is nothing where there is no bastille', async () => {
    expect(await probeVersion(recordedHost(() => undefined))).toBeUndefined()
  })

  it.each([
    ['0.9.20220714', 'fail'],
    ['0.13.20250126', 'fail'],
    ['0.14.20250420', 'warn'],
    ['1.0.1.250714', 'fail'],
    ['1.1.2.251119', 'ok'],
    ['1.2.2.251204', 'ok'],
    ['1.3.2.251225', 'warn'],
    ['1.4.4', 'ok'],
  ] as const)('%s is judged %s', (text, state) => {
    const version = parseVersion(text, '', false)
    expect(version && supported(version).state).toBe(state)
  })

  it('decides the words for removing a jail without questions', () => {
    const words = (text: string) => {
      const version = parseVersion(text, '', false)
      return version && destroyWords(version)
    }
    expect(words('0.14.20250420')).toEqual(['destroy', '-a'])
    expect(words('1.4.4')).toEqual(['destroy', '-ay'])
  })
})
