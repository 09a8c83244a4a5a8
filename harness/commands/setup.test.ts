import { tmpdir } from 'node:os'
import { expect, it } from 'vitest'
import { benchHere } from '../../fixtures/testing/bench-here.ts'

const bench = (...argv: readonly string[]) => benchHere(tmpdir(), ...argv)

it('takes one direction', async () => {
  const { status, err } = await bench('setup', '--apply', '--undo')
  expect(status).toBe(64)
  expect(err).toContain('one of --apply and --undo must be given, got both')
})

it.runIf(process.platform === 'linux')('says at once that this is no FreeBSD host', async () => {
  const { status, out, err } = await bench('setup', '--apply', '--yes')
  expect([status, out]).toEqual([69, ''])
  expect(err).toContain('local must be a FreeBSD host and we its root: jails need FreeBSD, this is Linux')
})
