import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { localHost } from '../../host/local.ts'
import type { Host } from '../../host/host.ts'
import { configFile, readConfig, readRc } from './config-file.ts'
import { readHome } from './home.ts'
import { recordedHost } from './transcript-under-test.ts'

/** This machine's sh(1), with `text` in the place of bastille.conf; undefined: there is no such file. */
async function hostWithConf(text: string | undefined): Promise<Host & { readonly calls: () => number }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-conf-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'bastille.conf')
  if (text !== undefined) await writeFile(file, text)
  const local = localHost()
  let calls = 0
  return {
    ...local,
    calls: () => calls,
    run: (command, options) => {
      calls++
      return local.run(
        command.map((word) => (word === configFile ? file : word)),
        options,
      )
    },
  }
}

test('all keys are read by one call, as Bastille reads them: the file is run', async () => {
  const host = await hostWithConf(`
bastille_prefix="/usr/local/bastille"   ## a comment
bastille_jailsdir="\${bastille_prefix}/jails"
bastille_zfs_options="-o compress=on -o atime=off"
bastille_quoted='it "is" $HOME'
bastille_empty=""
bastille_lines="one
two = 2"
bastille_tzdata=Etc/UTC; bastille_tzdata=Europe/Berlin
echo "bastille_unset=printed by the file"
`)
  const keys = ['jailsdir', 'zfs_options', 'quoted', 'empty', 'lines', 'tzdata', 'unset'] as const
  const words = keys.map((key) => `bastille_${key}` as const)
  expect(await readConfig(host, words)).toEqual({
    bastille_jailsdir: '/usr/local/bastille/jails',
    bastille_zfs_options: '-o compress=on -o atime=off',
    bastille_quoted: 'it "is" $HOME',
    bastille_empty: '',
    bastille_lines: 'one\ntwo = 2',
    bastille_tzdata: 'Europe/Berlin',
  })
  expect(host.calls()).toBe(1)
})

test('a file whose last command fails is still read', async () => {
  const host = await hostWithConf('bastille_zfs_enable=YES\ntest -e /no/such/file && bastille_zfs_enable=NO\n')
  expect(await readConfig(host, ['bastille_zfs_enable'])).toEqual({ bastille_zfs_enable: 'YES' })
})

test.each([
  ['is missing', undefined],
  ['has a syntax error', 'bastille_network_loopback=bastille0\nif then\n'],
  ['ends the shell', 'bastille_network_loopback=bastille0\nexit 3\n'],
])('where bastille.conf %s no key is set, and the message is that of an empty one', async (_, text) => {
  const host = await hostWithConf(text)
  expect(await readConfig(host, ['bastille_network_loopback'])).toEqual({})
  await expect(readHome(host)).rejects.toMatchObject({
    code: 'unavailable',
    message: 'bastille must have a network interface for jails, got ""',
    hint: 'run "bastille setup loopback" on the host',
  })
})

test('what sh of FreeBSD answered is understood', async () => {
  const text = await readFile('fixtures/transcripts/freebsd-15.1/bastille-conf.txt', 'utf8')
  const answers = text.split('\n$ ').slice(1)
  const understood = answers.map((recorded) => {
    const [, keys = '', stdout = '', status] =
      /^[^:\n]*(?:: (.*))?\n([^]*?)(?:stderr: .*\n)?status (\d+)/.exec(recorded) ?? []
    const host = recordedHost(() => ({
      stdout: stdout.replace(/\n$/, '').replaceAll('\\0', '\0'),
      status: Number(status),
    }))
    return readConfig(host, keys.split(' '))
  })
  expect(await Promise.all(understood)).toEqual([
    {
      bastille_prefix: '/usr/local/bastille',
      bastille_jailsdir: '/usr/local/bastille/jails',
      bastille_zfs_enable: 'NO',
      bastille_zfs_zpool: '',
      bastille_zfs_options: '-o compress=on -o atime=off',
      bastille_network_loopback: 'bastille0',
      bastille_network_shared: '',
    },
    {},
    {},
    { bastille_lines: 'one\ntwo = 2', bastille_quoted: 'it "is" $HOME' },
    { zfs_enable: 'NO', cloned_interfaces: 'lo1' },
  ])
})

test('rc.conf is read over its defaults, by the function that these define; without them nothing is set', async () => {
  const local = localHost()
  const withDefaults = (text: string): Pick<Host, 'run'> => ({
    run: ([shell = '', option = '', script = '', ...words], options) =>
      local.run([shell, option, script.replace('. /etc/defaults/rc.conf', text), ...words], options),
  })
  const defaults =
    'eval "zfs_enable=NO; cloned_interfaces=; source_rc_confs() { echo read; cloned_interfaces=\'lo1 lo2\'; }"'
  expect(await readRc(withDefaults(defaults))).toEqual({ zfs_enable: 'NO', cloned_interfaces: 'lo1 lo2' })
  expect(await readRc(withDefaults('. /no/such/rc.conf'))).toEqual({})
})
