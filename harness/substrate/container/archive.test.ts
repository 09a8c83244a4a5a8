import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { emptyArchive, firstFile, pack } from './archive.ts'

const deep = `${'node_modules/'.padEnd(90, 'd')}/${'e'.repeat(90)}/index.js`

describe('pack', () => {
  it.skipIf(!existsSync('/bin/tar') && !existsSync('/usr/bin/tar'))(
    'writes what the system tar unpacks to the same bytes and modes',
    () => {
      const folder = mkdtempSync(join(tmpdir(), 'archive-'))
      try {
        const odd = Uint8Array.from({ length: 1000 }, (_, index) => index % 251)
        execFileSync('tar', ['-x', '-p', '-C', folder], {
          input: pack({ 'a/b.bin': odd, 'ü.txt': 'x', [deep]: 'long' }, '/bench/agent'),
        })
        expect(new Uint8Array(readFileSync(join(folder, 'bench/agent/a/b.bin')))).toEqual(odd)
        expect(readFileSync(join(folder, 'bench/agent/ü.txt'), 'utf8')).toBe('x')
        expect(readFileSync(join(folder, 'bench/agent', deep), 'utf8')).toBe('long')
        expect(statSync(join(folder, 'bench/agent/a/b.bin')).mode & 0o777).toBe(0o600)
        expect(statSync(join(folder, 'bench/agent/a')).mode & 0o777).toBe(0o700)
      } finally {
        rmSync(folder, { recursive: true })
      }
    },
  )

  it('refuses names that leave the directory', () => {
    for (const name of ['../x', '/etc/x', 'a//b', './a', '', 'a\0b']) {
      expect(() => pack({ [name]: '' }, '/bench')).toThrow(/must be relative and plain/)
    }
  })

  it('refuses names that no header can hold', () => {
    expect(() => pack({ ['n'.repeat(101)]: '' }, '/bench')).toThrow(/must fit a tar header/)
  })
})

describe('firstFile', () => {
  it('finds the first plain file behind folders', () => {
    expect(firstFile(pack({ 'bin/nats-server': 'ELF' }, '/x'))?.toString()).toBe('ELF')
  })

  it('finds none in an empty archive', () => {
    expect(firstFile(emptyArchive())).toBeUndefined()
  })
})
