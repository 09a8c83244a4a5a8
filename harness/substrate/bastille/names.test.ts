import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  commitName,
  imageJail,
  isOurBridge,
  isOurJail,
  nodeJail,
  plainPath,
  releaseName,
  templateArgument,
  templateUrl,
  templateWord,
} from './names.ts'

const tag = fc.stringMatching(/^[a-z0-9]{4}$/)
const index = fc.integer({ min: 0, max: 1295 })
const hash = fc.stringMatching(/^[0-9a-f]{64}$/)

describe('names of jails', () => {
  it('fit a VNET interface name, are of one width, and are recognised as ours', () => {
    fc.assert(
      fc.property(tag, index, hash, (t, i, h) => {
        for (const name of [nodeJail(t, i), imageJail(h)]) {
          expect(name).toMatch(/^[a-z][a-z0-9]{0,10}$/)
          expect(`e0a_${name}`.length).toBeLessThanOrEqual(15)
          expect(isOurJail(name)).toBe(true)
        }
      }),
    )
  })

  it('never begin one another, for Bastille completes what it does not find', () => {
    fc.assert(
      fc.property(tag, index, tag, index, hash, (t, i, u, j, h) => {
        const names = [...new Set([nodeJail(t, i), nodeJail(u, j), imageJail(h)])]
        for (const one of names) for (const other of names) if (one !== other) expect(other.startsWith(one)).toBe(false)
      }),
    )
  })

  it.each([
    'srv',
    'nj',
    'njabcd0',
    'njabcd000',
    'njabcd00x',
    'NJabcd00',
    'njabc-00',
    'ngabcdefg',
    'on',
    '7',
    '',
    '../x',
  ])('does not take %j for one of ours', (name) => expect(isOurJail(name)).toBe(false))

  it('refuses a tag or an index that would break them', () => {
    expect(() => nodeJail('ab-d', 1)).toThrow(/jail name must be/)
    expect(() => nodeJail('abcd', 1296)).toThrow(/jail name must be/)
    expect(() => imageJail('short')).toThrow(/image name must be/)
  })

  it('knows only bridges with our prefix', () => {
    expect([isOurBridge('nbbr0'), isOurBridge('bridge0'), isOurBridge('em0')]).toEqual([true, false, false])
  })
})

describe('template arguments', () => {
  it.each(['v2.15.2', 'nats-server', 'a,b:c/d@e+f=g', ''])('may be %j', (value) => {
    expect(templateArgument('NATS_VERSION', value)).toBe(`NATS_VERSION=${value}`)
  })

  it.each(['1;id>/tmp/f', '$(id)', '`id`', 'a b', "a'b", 'a"b', '$lar', 'a&b', 'a|b', 'a\nb', 'ü'])(
    'may not be %j, which a root shell on the host would evaluate',
    (value) => expect(() => templateArgument('PORT', value)).toThrow(/template argument PORT must be/),
  )

  it('have plain names', () => {
    expect(() => templateArgument('A;id', '1')).toThrow(/template argument must be/)
  })

  it('come with URLs of nothing but https, host, user and repository', () => {
    expect(templateUrl('https://github.com/henomis/nats-jail-template')).toBe(
      'https://github.com/henomis/nats-jail-template',
    )
    for (const bad of [
      'http://github.com/a/b',
      'https://github.com/a/b;id',
      'https://github.com/../b',
      'git@github.com:a/b',
      '/etc',
      // Template folders of these names are Bastille's and ours. A fetched template's folder is removed first, so these must be refused.
      'https://github.com/default/vnet',
      'https://github.com/harness/x',
      'https://github.com/./b',
      'https://github.com/a/.git',
      'https://github.com/a/-b',
    ])
      expect(() => templateUrl(bad)).toThrow(/template must be/)
  })

  it('are called user/repository by Bastille, without the last dot and what follows', () => {
    expect(templateWord('https://github.com/henomis/nats-jail-template')).toBe('henomis/nats-jail-template')
    expect(templateWord('https://github.com/henomis/nats-jail-template.git')).toBe('henomis/nats-jail-template')
    expect(templateWord('https://example.org/a/nats.jail')).toBe('a/nats')
  })

  it('are pinned by whole commits only', () => {
    const commit = '066a903cdbb688b444bcebb07f1caab1f5f97558'
    expect(commitName(commit)).toBe(commit)
    for (const bad of ['066a903', 'main', '--upload-pack=x', '']) expect(() => commitName(bad)).toThrow(/40 digits/)
  })
})

describe('other words that reach bastille', () => {
  it('take the patch level off a release', () => {
    expect(releaseName('15.1-RELEASE-p1')).toBe('15.1-RELEASE')
    expect(releaseName('14.2-RELEASE (pkgbase)\n')).toBe('14.2-RELEASE')
    expect(() => releaseName('15.1-RELEASE;id')).toThrow(/release must be/)
  })

  it('refuse a path with anything a shell would see', () => {
    expect(plainPath('x', '/usr/local/bastille/releases')).toBe('/usr/local/bastille/releases')
    for (const bad of ['relative', '/a b', '/a/../b', '/a;b', '/', '/a/'])
      expect(() => plainPath('x', bad)).toThrow(/x must be an absolute path/)
  })
})
