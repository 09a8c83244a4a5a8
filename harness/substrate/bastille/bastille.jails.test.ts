/** The substrate against real Bastille scripts. On Linux this file runs itself again inside a lab, once for each kind of set-up. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest'
import { localHost } from '../../host/local.ts'
import type { NodePlan } from '../../model/plan.ts'
import { openJournal } from '../../store/journal.ts'
import { substrateContract } from '../contract.ts'
import type { ContractCommands, Subject } from '../contract.ts'
import type { Substrate, SubstrateContext } from '../substrate.ts'
import { bastilleSubstrate, prepare } from './bastille.ts'
import { readHome } from './home.ts'
import { isImageJail } from './names.ts'
import { listImages, removeImage } from './images.ts'
import { limitsOf } from './jail.ts'
import { jailPlace, jailSettings, startLab } from './lab-under-test.ts'
import { tracesOf } from './traces-under-test.ts'

const place = await jailPlace(process.env)
const repository = resolve(import.meta.dirname, '../../..')
const settings = jailSettings(process.env)

describe.runIf(place.kind === 'lab')('jail tests in the lab', () => {
  const trees = place.kind === 'lab' ? place.trees : []
  // Both file systems and both networks for each tree, in two labs; every combination when BENCH_JAIL_CELLS=all.
  const all = process.env['BENCH_JAIL_CELLS'] === 'all'
  const cells = trees
    .flatMap((tree, at) =>
      [true, false].flatMap((zfs) =>
        ['shared', 'vnet'].map((network) => ({
          tree,
          zfs,
          network,
          half: (zfs === (network === 'shared')) === (at % 2 === 0),
        })),
      ),
    )
    .filter(({ half }) => all || half)
  it.each(cells)(
    'pass with $tree, ZFS $zfs, network $network',
    async ({ tree, zfs, network }) => {
      const lab = await startLab(place.kind === 'lab' ? place.lab : '', { tree, zfs })
      onTestFinished(() => lab.down())
      const vitest = join(repository, 'node_modules/vitest/vitest.mjs')
      const command = [process.execPath, vitest, 'run', '--project', 'jails', '--reporter', 'verbose']
      const { status, stdout, stderr } = await lab.run(command, repository, { BENCH_JAIL_NETWORK: network })
      console.log(stdout, stderr)
      expect(status).toBe(0)
    },
    3_600_000,
  )
})

describe.runIf(place.kind === 'nowhere')('jail tests', () => {
  it('need a place to run', (test) => test.skip(place.kind === 'nowhere' ? place.because : ''))
})

const host = localHost()
/** A folder that only the lab has: the state of its stand-ins, and files that make them behave as if something were missing. */
const labState = '/var/run/bastille-lab'
const never = new AbortController().signal
const commands: ContractCommands = {
  echo: ['cat'],
  fail: ['sh', '-c', 'echo sorry >&2; exit 3'],
  // It waits before it prints: the lab's jexec stays as a parent, and passes on signals only from a moment after the start.
  deaf: ['sh', '-c', 'trap "" TERM; sleep 1; echo deaf; sleep 60 & wait; sleep 60'],
  show: (path) => ['cat', path],
  variable: (name) => ['sh', '-c', `printf '%s\\n' "$${name}"`],
}
let count = 0

/** Made anew for each test, with a tag of its own. What is left in its journal is swept after the test. */
async function setting(more: Readonly<Record<string, string>> = {}): Promise<Subject & SubstrateContext> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-jails-'))
  count += 1
  const tag = `t${count.toString(36).padStart(3, '0')}`
  const run = `20261124-061500-jails-${tag}`
  const facts = await host.facts()
  const context = {
    host,
    facts,
    run,
    tag,
    directory: folder,
    settings: { ...settings, ...more },
    env: {},
    say: () => undefined,
  }
  const journal = await openJournal(join(folder, 'journal.ndjson'), run)
  const substrate = await bastilleSubstrate(context)
  onTestFinished(async () => {
    await substrate.sweep(journal.open())
    await journal.close()
    await rm(folder, { recursive: true })
  })
  return { ...context, substrate, journal, commands }
}

function planOf(substrate: Substrate, index = 0, role: NodePlan['role'] = 'load'): NodePlan {
  return { name: `load-${index}`, group: 'load', role, index, endpoint: substrate.endpoint(index) }
}

/** A repository for one test. git is told to find it under a URL whose host does not exist. Its images are removed after the test. */
async function templateRepository(bastillefile: readonly string[]) {
  const folder = await mkdtemp(join(tmpdir(), 'bench-template-'))
  const url = `https://git.invalid/bench/${folder.split('-').at(-1) ?? ''}`
  const git = (...words: readonly string[]) => host.run(['git', '-C', folder, ...words])
  await git('init', '--quiet')
  await writeFile(join(folder, 'Bastillefile'), `${bastillefile.join('\n')}\n`)
  await git('add', 'Bastillefile')
  await git('-c', 'user.name=test', '-c', 'user.email=test@localhost', 'commit', '--quiet', '-m', 'template')
  vi.stubEnv('GIT_CONFIG_COUNT', '1')
  vi.stubEnv('GIT_CONFIG_KEY_0', `url.${folder}.insteadOf`)
  vi.stubEnv('GIT_CONFIG_VALUE_0', url)
  onTestFinished(async () => {
    vi.unstubAllEnvs()
    const removal = await prepare({ host, run: 'test', say: () => undefined })
    for (const image of await listImages(removal)) if (image.template === url) await removeImage(removal, image.name)
    await rm(folder, { recursive: true })
  })
  return { url, commit: (await git('rev-parse', 'HEAD')).stdout.trim() }
}

describe.runIf(place.kind === 'here')('jails as nodes', () => {
  beforeAll(async () => {
    const { substrate } = await settingOutsideOfATest()
    const why = await substrate.unsupported()
    if (why !== undefined) throw new Error(why)
  })

  async function settingOutsideOfATest() {
    const facts = await host.facts()
    const context = {
      host,
      facts,
      run: 'check',
      tag: 'chck',
      directory: '/tmp',
      settings,
      env: {},
      say: () => undefined,
    }
    return { substrate: await bastilleSubstrate(context) }
  }

  for (const { title, run } of substrateContract) {
    it(title, async () => {
      const subject = await setting()
      await run(subject)
      const open = subject.journal.open()
      await subject.substrate.sweep(open)
      for (const entry of open) await subject.journal.gone(entry)
      expect(await tracesOf(host, subject.tag)).toEqual([])
    })
  }

  it('limits CPUs and memory, and takes the rules away with the jail', async () => {
    const { substrate, journal, tag } = await setting()
    const node = await substrate.create({ ...planOf(substrate), cpus: [0], memoryBytes: 4 * 1024 ** 3 }, journal, never)
    expect(await limitsOf(host, `nj${tag}00`)).toHaveLength(1)
    await node.destroy()
    expect(await tracesOf(host, tag)).toEqual([])
  })

  it('refuses a memory limit in which nats-server could not start, before anything exists', async () => {
    const { substrate, journal } = await setting()
    const plan = { ...planOf(substrate), memoryBytes: 64 * 1024 ** 2 }
    await expect(substrate.create(plan, journal, never)).rejects.toThrow(/at least 2GiB/)
    expect(journal.open()).toEqual([])
  })

  it('finds nats-server in the image, and takes one from outside where a path is given', async () => {
    const { substrate, journal } = await setting()
    const node = await substrate.create(planOf(substrate, 0, 'server'), journal, never)
    const own = await node.server({})
    expect(own.version).toMatch(/^\d+\.\d+\.\d+/)
    expect(own.path).toBe('/usr/local/bin/nats-server')
    const home = await readHome(host)
    const image = own.origin.split(' ').at(-1) ?? ''
    const brought = await node.server({ path: `${home.jails}/${image}/root/usr/local/bin/nats-server` })
    expect(brought.path).toMatch(/^\/usr\/local\/bin\/nats-server-/)
    const child = await node.spawn([brought.path, '--version'])
    expect((await child.exit).status).toBe(0)
    await node.destroy()
  })

  it('come from a template by URL, at the commit it had, and the service that it switches on is off', async () => {
    const { url, commit } = await templateRepository([
      'ARG NATS_PACKAGE=nats-server',
      'PKG ${NATS_PACKAGE}',
      'SYSRC nats_enable=YES',
    ])
    const { substrate, journal } = await setting({ template: url })
    const node = await substrate.create(planOf(substrate, 0, 'server'), journal, never)
    expect((await node.server({})).origin).toContain(`commit ${commit.slice(0, 12)}, template ${url}`)
    const child = await node.spawn(['sysrc', '-n', 'nats_enable'])
    const lines: string[] = []
    for await (const line of child.lines) lines.push(line)
    // A VNET image has an rc.conf of its own, which does not name the service.
    expect(['NO', '']).toContain(lines.join())
    await node.destroy()
  })

  it('have what a template put outside of usr/local, in both networks', async () => {
    const own = ['/root/go/bin/nats', '/opt/tool/run', '/compat/linux/etc/release']
    const { url } = await templateRepository([
      'PKG nats-server',
      ...own.flatMap((path) => [`CMD mkdir -p ${dirname(path)}`, `CMD touch ${path}`]),
    ])
    const { substrate, journal } = await setting({ template: url })
    const node = await substrate.create(planOf(substrate, 0, 'server'), journal, never)
    const child = await node.spawn(['ls', ...own])
    const lines: string[] = []
    for await (const line of child.lines) lines.push(line)
    expect(lines).toEqual(own.toSorted())
    await node.destroy()
  })

  it('are not made from a template that does not come, nor given an argument that it does not declare', async () => {
    const gone = await setting({ template: 'https://git.invalid/bench/nowhere' })
    await expect(gone.substrate.create(planOf(gone.substrate, 0, 'server'), gone.journal, never)).rejects.toThrow(
      /must have a Bastillefile at its top, none came/,
    )
    const { url } = await templateRepository(['PKG nats-server'])
    const other = await setting({ template: url, natsVersion: 'v2.15.2' })
    await expect(other.substrate.create(planOf(other.substrate, 0, 'server'), other.journal, never)).rejects.toThrow(
      /must declare ARG NATS_VERSION/,
    )
    expect([...gone.journal.open(), ...other.journal.open()]).toEqual([])
  })

  it('get their packages from a repository of the host, which is lent for that time only', async () => {
    const { url } = await templateRepository(['PKG nats-server', 'CMD cp -R /var/natsbench-packages /root/seen'])
    const repository = await mkdtemp(join(tmpdir(), 'bench-packages-'))
    onTestFinished(() => rm(repository, { recursive: true }))
    await writeFile(join(repository, 'meta.conf'), 'version = 2;\n')
    const more = { network: 'shared', template: url }
    const { substrate, journal } = await setting({ ...more, packages: repository })
    const node = await substrate.create(planOf(substrate, 0, 'server'), journal, never)
    const child = await node.spawn(['ls', '/root/seen', '/var/natsbench-packages', '/usr/local/etc/pkg/repos'])
    const lines: string[] = []
    for await (const line of child.lines) lines.push(line)
    expect(lines.filter((line) => /\.conf$/.test(line))).toEqual(['meta.conf'])
    expect(child.tail().join()).toMatch(/natsbench-packages.*No such file/)
    await node.destroy()
    const none = await setting({ ...more, packages: tmpdir() })
    await expect(none.substrate.create(planOf(none.substrate, 1, 'server'), none.journal, never)).rejects.toThrow(
      /packages must be a folder with meta\.conf/,
    )
  })

  it('end within moments when they are interrupted while a template works, and leave nothing half built', async () => {
    const { url } = await templateRepository(['PKG nats-server', 'CMD sleep 7200'])
    const interrupt = new AbortController()
    const { substrate, journal } = await setting({ network: 'shared', template: url })
    const made = substrate.create(planOf(substrate, 0, 'server'), journal, interrupt.signal)
    const failure = made.then(
      () => undefined,
      (error: unknown) => error,
    )
    const sleeping = async () => (await host.run(['ps', '-ax', '-o', 'args='])).stdout
    await vi.waitFor(async () => expect(await sleeping()).toMatch(/sleep 7200/), { timeout: 600_000, interval: 500 })
    const images = async () =>
      (await host.run(['ls', (await readHome(host)).jails])).stdout.split('\n').filter(isImageJail)
    const before = await images()
    interrupt.abort()
    expect(await failure).toMatchObject({ code: 'interrupted' })
    expect(await images()).toHaveLength(before.length - 1)
    expect(journal.open()).toEqual([])
    expect(await sleeping()).not.toMatch(/sleep 7200/)
  })

  it('have their two images built at the same time', async () => {
    const removal = await prepare({ host, run: 'test', say: () => undefined })
    for (const { name } of await listImages(removal)) await removeImage(removal, name)
    const finished: number[] = []
    const subject = await setting({ network: 'shared' })
    const said: Promise<unknown>[] = []
    const say = (line: string) => {
      if (!line.startsWith('building image ')) return
      said.push(listImages(removal).then((images) => finished.push(images.length)))
    }
    const substrate = await bastilleSubstrate({ ...subject, say, facts: { ...subject.facts, cores: 2 } })
    const nodes = await Promise.all(
      (['server', 'load'] as const).map((role, index) =>
        substrate.create(planOf(substrate, index, role), subject.journal, never),
      ),
    )
    await Promise.all(said)
    // Neither build was finished when the other one began.
    expect(finished).toEqual([0, 0])
    await Promise.all(nodes.map((node) => node.destroy()))
  })

  it('refuses an address that the host has', async () => {
    const { substrate, journal } = await setting({ network: 'shared', addresses: '10.0.0.1-10.0.0.250' })
    const home = await readHome(host)
    await host.run(['ifconfig', home.interface, 'inet', '10.0.0.3', 'alias'])
    onTestFinished(async () => void (await host.run(['ifconfig', home.interface, 'inet', '10.0.0.3', '-alias'])))
    await expect(substrate.create(planOf(substrate, 2), journal, never)).rejects.toThrow(/10\.0\.0\.3 must be free/)
    expect(journal.open()).toEqual([])
  })

  it('makes nodes in both networks for a run that compares them, and takes the bridge away with the last', async () => {
    const { substrate, journal, tag } = await setting({ network: 'shared,vnet' })
    const wanted = (['shared', 'vnet'] as const).map((network, index) => ({
      ...planOf(substrate, index),
      network,
      endpoint: substrate.endpoint(index, network),
    }))
    const nodes = await Promise.all(wanted.map((plan) => substrate.create(plan, journal, never)))
    expect(wanted.map(({ endpoint }) => endpoint.address)).toEqual(['10.0.0.1', '10.60.0.2'])
    expect(journal.open().filter(({ kind }) => kind === 'interface')).toHaveLength(1)
    const { stdout } = await host.run(['jexec', `nj${tag}01`, 'ifconfig', '-a'])
    expect(stdout).toContain('inet 10.60.0.2')
    await Promise.all(nodes.map((node) => node.destroy()))
    expect(journal.open()).toEqual([])
    expect(await tracesOf(host, tag)).toEqual([])
  })

  it.runIf(existsSync(labState))('refuses VNET, not shared, while the device rules are not loaded', async () => {
    const missing = join(labState, 'no-devfs-rules')
    await writeFile(missing, '')
    onTestFinished(() => rm(missing))
    const [shared, vnet] = [await setting({ network: 'shared' }), await setting({ network: 'vnet' })]
    expect(await vnet.substrate.unsupported()).toMatch(/devfs/)
    expect(await shared.substrate.unsupported()).toBeUndefined()
  })

  it('refuses a second runner while one has jails', async () => {
    const [one, two] = [await setting(), await setting()]
    const node = await one.substrate.create(planOf(one.substrate), one.journal, never)
    await expect(two.substrate.create(planOf(two.substrate, 1), two.journal, never)).rejects.toMatchObject({
      code: 'busy',
    })
    await node.destroy()
    const later = await two.substrate.create(planOf(two.substrate, 1), two.journal, never)
    await later.destroy()
  })
})

afterAll(() => host.close())
