/** The run folder as the real command line leaves it: private, complete, enough to make everything again; and when it cannot be written. */
import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, readdirSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe } from 'vitest'
import { processTable } from '../host/processes.ts'
import { localHost } from '../host/local.ts'
import type { Report } from '../model/report.ts'
import { test, until, type Bench, type RunFiles } from '../testing/command.ts'

const short = join(import.meta.dirname, '../../fixtures/scenarios/short.ts')

async function oneRun(cli: Bench): Promise<RunFiles> {
  const running = await cli.start('run', short, '--on', 'process')
  await running.ended
  return running.folder()
}

describe('a run folder', () => {
  test('can be read by its user alone, and is enough for analyse to make the report again byte for byte', async ({
    cli,
    expect,
  }) => {
    const files = await oneRun(cli)
    const modes = readdirSync(files.path).map((name) => [name, statSync(join(files.path, name)).mode & 0o777])
    expect(modes).toEqual(modes.map(([name]) => [name, 0o600]))
    expect(statSync(files.path).mode & 0o777).toBe(0o700)
    const report = await files.text('report.json')
    const page = await files.text('report.md')
    writeFileSync(join(files.path, 'report.json'), 'gone')
    writeFileSync(join(files.path, 'report.md'), 'gone')
    const again = await cli.run('analyse', 'latest', '--json')
    expect(await files.text('report.json')).toBe(report)
    expect(await files.text('report.md')).toBe(page)
    expect(JSON.parse(again.stdout)).toEqual([JSON.parse(report)])
  })

  test('with a torn last line still analyses and is marked interrupted', async ({ cli, expect }) => {
    const files = await oneRun(cli)
    const recording = join(files.path, 'recording.ndjson')
    truncateSync(recording, statSync(recording).size - 20)
    const { status } = await cli.run('analyse', files.path)
    expect(status).toBe(2)
    const report = JSON.parse(await files.text('report.json')) as Report
    expect(report).toMatchObject({ state: 'interrupted', because: 'the last line of the recording is torn off' })
    expect(report.measurements.find(({ metric }) => metric === 'throughput')?.values).not.toEqual([])
  })
})

describe('the credential of a run', () => {
  test('is in no report, log, recording or talk, and its servers listen on 127.0.0.1 only', async ({
    cli,
    expect,
    skip,
  }) => {
    const { os } = await localHost().facts()
    skip(os !== 'Linux', 'reads listening addresses from /proc/net')
    const running = await cli.start('run', short, '--on', 'process', '--measure', '1s')
    const files = await running.folder()
    await until('sample', async () => (await files.text('recording.ndjson')).includes('"t":"sample"') || undefined)
    const config = `/var/tmp/nats-bench-${files.run}/nodes/hub/server/nats-server.conf`
    const token = /token: "(t[0-9a-f]{36})"/.exec(readFileSync(config, 'utf8'))?.[1] ?? 'none'
    expect(token).toHaveLength(37)
    expect(statSync(config).mode & 0o777).toBe(0o600)
    const environments = [...(await processTable(localHost(), os).carrying(`BENCH_RUN=${files.run}`)).values()]
    expect(environments.length).toBeGreaterThan(2)
    expect(environments.flat().filter((variable) => variable.includes(token))).toEqual([])
    const arguments_ = execFileSync('ps', ['-ww', '-eo', 'args='], { encoding: 'utf8' })
    expect(arguments_).toContain(config)
    expect(arguments_).not.toContain(token)
    const { client, monitor } = (await files.plan()).nodes[0]?.endpoint.ports ?? { client: 0, monitor: 0 }
    expect(listeners(client)).toEqual(['127.0.0.1'])
    expect(listeners(monitor)).toEqual(['127.0.0.1'])
    const { stdout, stderr } = await running.ended
    const written = readdirSync(files.path).map((name) => readFileSync(join(files.path, name), 'utf8'))
    expect([stdout, stderr, ...written].filter((text) => text.includes(token))).toEqual([])
  })
})

/** Addresses on which a TCP port of this machine is listened to. */
function listeners(port: number): readonly string[] {
  const hex = port.toString(16).toUpperCase().padStart(4, '0')
  const table = ['tcp', 'tcp6'].map((name) => readFileSync(`/proc/net/${name}`, 'utf8')).join('\n')
  const rows = [...table.matchAll(/^\s*\d+: ([0-9A-F]+):([0-9A-F]{4}) \S+ 0A /gm)]
  return rows
    .filter(([, , at]) => at === hex)
    .map(([, address = '']) =>
      address.length > 8
        ? address
        : (address.match(/../g) ?? [])
            .toReversed()
            .map((byte) => parseInt(byte, 16))
            .join('.'),
    )
}

describe('a reports folder that cannot be written', () => {
  test('is refused before anything is built', async ({ cli, expect }) => {
    const file = join(cli.folder, 'a-file')
    writeFileSync(file, '')
    const { status, stderr } = await cli.run('run', short, '--on', 'process', '--out', join(file, 'reports'))
    expect(status).toBe(73)
    expect(stderr).toContain('must be creatable, got ENOTDIR')
    expect(stderr).toContain('--out')
    expect(stderr).not.toContain('building')
    expect(await cli.active()).toEqual([])
  })

  test('because its disk is full ends the run with that reason, and leaves nothing', async ({ cli, expect, skip }) => {
    skip(
      process.getuid?.() !== 0 || process.platform !== 'linux',
      'a small file system is mounted by root on Linux only',
    )
    const disk = join(cli.folder, 'disk')
    mkdirSync(disk)
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=48k', 'tmpfs', disk], { stdio: 'pipe' })
    } catch (error) {
      skip(`this machine does not let us mount: ${String(error)}`)
    }
    try {
      const running = await cli.start('run', short, '--on', 'process', '--measure', '20s', '--out', disk)
      const { status, stderr } = await running.ended
      expect(stderr).toContain('ENOSPC')
      expect(stderr).toContain('the disk is full')
      expect(status).toBe(74)
      const run = readdirSync(disk)[0] ?? ''
      expect(run).not.toBe('')
      expect(readdirSync('/var/tmp').filter((name) => name.includes(run))).toEqual([])
      const table = processTable(localHost(), 'Linux')
      expect(await table.carrying(`BENCH_RUN=${run}`)).toEqual(new Map())
    } finally {
      execFileSync('umount', [disk])
    }
  })
})
