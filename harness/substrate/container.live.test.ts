/** The container substrate against a real engine: DOCKER_HOST, or what testcontainers finds. `.ci/engine start` gives one. */
import { createReadStream } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { localHost } from '../host/local.ts'
import { BenchError } from '../model/error.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Journal } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import { obtainServer } from '../server/obtain.ts'
import { openJournal } from '../store/journal.ts'
import { containerSubstrate } from './container.ts'
import { findEngine, type Engine } from './container/engine.ts'
import { labels } from './container/names.ts'
import { substrateContract, type ContractCommands } from './contract.ts'
import { isPausable, type Substrate } from './substrate.ts'

const engine = await findEngine(process.env).catch((error: unknown) => String(error))
const host = localHost()
const never = new AbortController().signal
const choice = process.env['NATS_SERVER'] === undefined ? {} : { path: process.env['NATS_SERVER'] }

let facts: HostFacts
let directory: string
let tag: string
let count = 0
let substrate: Substrate
let journal: Journal & { close(): Promise<void> }
const said: string[] = []

const planOf = (name: string, index: number, limits: Partial<NodePlan> = {}): NodePlan => ({
  name,
  group: name,
  role: 'load',
  index,
  endpoint: substrate.endpoint(index),
  ...limits,
})

async function renew(settings: Record<string, string> = { image: 'thin' }): Promise<void> {
  substrate = await containerSubstrate({
    host,
    facts,
    run: `run-${tag}`,
    tag,
    directory,
    settings,
    env: process.env,
    say: (line) => said.push(line),
  })
}

/** All that an engine still has of a run. */
async function leftovers(of: Engine, run: string): Promise<string[]> {
  const filters = { label: [`${labels.run}=${run}`] }
  const [containers, networks, images, volumes] = await Promise.all([
    of.docker.listContainers({ all: true, filters }),
    of.docker.listNetworks({ filters }),
    of.docker.listImages({ all: true, filters: { label: [`${labels.image}=${run}`] } }),
    of.docker.listVolumes({ filters }),
  ])
  return [
    ...containers.map((one) => one.Names.join()),
    ...networks.map((one) => one.Name),
    ...images.map((one) => one.Id),
    ...volumes.Volumes.map((one) => one.Name),
  ]
}

beforeEach(async (context) => {
  if (typeof engine === 'string') {
    // Where DOCKER_HOST names an engine, the test must not be skipped.
    if (process.env['DOCKER_HOST'] !== undefined) throw new Error(engine)
    context.skip(engine)
  }
  count += 1
  tag = `t${process.pid.toString(36).slice(-2).padStart(2, '0')}${count.toString(36)}`
  directory = await mkdtemp(join(tmpdir(), 'container-live-'))
  journal = await openJournal(join(directory, 'journal.ndjson'), `run-${tag}`)
  said.length = 0
  await renew()
})

afterEach(async () => {
  if (typeof engine === 'string') return
  await substrate.sweep(journal.open())
  await journal.close()
  await rm(directory, { recursive: true })
  expect(await leftovers(engine, `run-${tag}`)).toEqual([])
})

beforeAll(async () => {
  facts = await host.facts()
})
afterAll(() => host.close())

describe('a container node', () => {
  it('runs a program, carries its streams both ways and tells its status', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    await node.put(
      {
        'echo.mjs': `process.stdin.on('data', (text) => process.stdout.write('got ' + text)); console.error('on stderr')
          process.stdin.on('end', () => process.exit(7))`,
      },
      `${node.directory}/agent`,
    )
    const child = await node.spawn([node.node, `${node.directory}/agent/echo.mjs`], { env: { WORD: 'x' } })
    const lines = child.lines[Symbol.asyncIterator]()
    child.write('one\n')
    expect((await lines.next()).value).toBe('got one')
    child.write('two\n')
    expect((await lines.next()).value).toBe('got two')
    child.closeInput()
    expect(await child.exit).toEqual({ status: 7 })
    expect(child.tail()).toContain('on stderr')
    await node.destroy()
    expect(journal.open()).toEqual([])
  })

  it('hands on megabytes unharmed to a reader that comes late and reads slowly', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    const child = await node.spawn([
      node.node,
      '-e',
      `for (let i = 0; i < 60000; i++) process.stdout.write(i + ' ' + 'x'.repeat(100) + '\\n')`,
    ])
    let next = 0
    for await (const line of child.lines) {
      if (Number(line.split(' ')[0]) !== next || line.length < 100) throw new Error(`line ${next} came as ${line}`)
      next += 1
    }
    expect(next).toBe(60_000)
    expect(await child.exit).toEqual({ status: 0 })
  })

  it('ends a program that will not end, and its children with it', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    const child = await node.spawn(['sh', '-c', 'trap "" TERM; sleep 1000 & echo ready; while :; do sleep 1000; done'])
    await child.lines[Symbol.asyncIterator]().next()
    expect(await child.stop(100)).toEqual({ signal: 'SIGKILL' })
    const left = await node.spawn(['sh', '-c', 'cat /proc/[0-9]*/cmdline | tr "\\0" " "'])
    let text = ''
    for await (const line of left.lines) text += line
    expect(text).not.toContain('sleep 1000 ')
  })

  it('says which program is missing instead of starting it', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    await expect(node.spawn(['no-such-program'])).rejects.toMatchObject({
      code: 'os',
      lines: ['no-such-program: no such program in this node'],
    })
  })

  it('reaches its neighbours at their planned addresses and nothing outside', async () => {
    const [a, b] = await Promise.all([
      substrate.create(planOf('a', 0), journal, never),
      substrate.create(planOf('b', 1), journal, never),
    ])
    const { address } = substrate.endpoint(0)
    const server = await a.spawn([
      a.node,
      '-e',
      `require('net').createServer((s) => s.end('hello')).listen(4222, '${address}', () => console.log('up'))`,
    ])
    await server.lines[Symbol.asyncIterator]().next()
    const client = await b.spawn([
      b.node,
      '-e',
      `const net = require('net')
       net.connect(4222, '${address}').on('data', (d) => console.log(String(d)))
       const out = net.connect({ port: 53, host: '198.51.100.53', timeout: 2000 })
       out.on('connect', () => console.log('reached')).on('error', (e) => console.log(e.code))
       out.on('timeout', () => out.destroy(Object.assign(new Error(), { code: 'no answer' })))`,
    ])
    const heard: string[] = []
    for await (const line of client.lines) heard.push(line)
    // Some engines give an internal network a route to the host, but the host forwards nothing; then no answer comes.
    expect(heard).toHaveLength(2)
    expect(heard).toContain('hello')
    expect(heard).toContainEqual(expect.stringMatching(/^(E(NET|HOST)UNREACH|no answer)$/))
  })

  it('counts the CPU time and the memory of all its programs', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    const before = await node.usage()
    const child = await node.spawn([
      node.node,
      '-e',
      `const keep = Buffer.alloc(64 << 20, 1); const end = process.cpuUsage().user + 300000
       while (process.cpuUsage().user < end); console.log('done'); setInterval(() => keep, 1000)`,
    ])
    await child.lines[Symbol.asyncIterator]().next()
    const after = await node.usage()
    const spent = after.cpuUserMicros + after.cpuSystemMicros - before.cpuUserMicros - before.cpuSystemMicros
    expect(spent).toBeGreaterThan(300_000)
    expect(spent).toBeLessThan(3_000_000)
    expect(after.memoryBytes - before.memoryBytes).toBeGreaterThan(64 << 20)
    await child.stop()
  })

  it('stands still while paused, answers for its usage, and goes on', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    if (!isPausable(node)) throw new Error('a container must be pausable')
    const child = await node.spawn([node.node, '-e', `setInterval(() => console.log(Date.now()), 5)`])
    const lines = child.lines[Symbol.asyncIterator]()
    await lines.next()
    await node.pause()
    const used = await node.usage()
    const pausedAt = Date.now()
    await new Promise((resolve) => setTimeout(resolve, 300))
    expect(await node.usage()).toEqual(used)
    await node.resume()
    let gap = 0
    for (let last = Number((await lines.next()).value); last < pausedAt + 300;) {
      const now = Number((await lines.next()).value)
      gap = Math.max(gap, now - last)
      last = now
    }
    expect(gap).toBeGreaterThan(250)
    await child.stop()
  })

  it('can be destroyed while it is paused', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    if (!isPausable(node)) throw new Error('a container must be pausable')
    await node.pause()
    await node.destroy()
    expect(journal.open()).toEqual([])
  })

  it('says that the kernel killed a program for its memory limit', async () => {
    const node = await substrate.create(planOf('hub', 0, { memoryBytes: 64 << 20 }), journal, never)
    const child = await node.spawn([node.node, '-e', `const all = []; for (;;) all.push(Buffer.alloc(8 << 20, 1))`])
    expect(await child.exit).toEqual({ signal: 'SIGKILL' })
    expect(child.tail().at(-1)).toMatch(/out of memory: the kernel killed it, node hub reached the limit of 67108864/)
    expect((await node.usage()).memoryBytes).toBeLessThan(64 << 20)
  })

  it('keeps to its CPUs', async () => {
    const node = await substrate.create(planOf('hub', 0, { cpus: [1] }), journal, never)
    const child = await node.spawn([
      'sh',
      '-c',
      'while read -r k v; do [ "$k" = Cpus_allowed_list: ] && echo "$v"; done </proc/self/status; true',
    ])
    expect((await child.lines[Symbol.asyncIterator]().next()).value).toBe('1')
  })

  it('runs the nats-server of this machine and says where it came from', async () => {
    const node = await substrate.create(planOf('hub', 0), journal, never)
    const { path, version, origin } = await node.server(choice)
    expect(version).toMatch(/^\d+\.\d+\.\d+/)
    expect(origin).not.toBe('')
    const child = await node.spawn([path, '--version'])
    expect((await child.lines[Symbol.asyncIterator]().next()).value).toContain(version)
  })
})

describe('the contract of substrates, kept by containers', () => {
  const commands: ContractCommands = {
    echo: ['cat'],
    fail: ['sh', '-c', 'echo sorry >&2; exit 3'],
    deaf: ['sh', '-c', 'trap "" TERM; echo deaf; sleep 60 & wait; sleep 60'],
    show: (path) => ['cat', path],
    variable: (name) => ['printenv', name],
  }
  for (const { title, run } of substrateContract) it(title, () => run({ substrate, journal, commands }))
})

describe('the container substrate', () => {
  it('supports this machine and plans addresses without making anything', async () => {
    expect(await substrate.unsupported()).toBeUndefined()
    expect(substrate.endpoint(0)).toEqual(substrate.endpoint(0))
    expect(new Set([0, 1, 2, 500].map((index) => substrate.endpoint(index).address)).size).toBe(4)
    expect(journal.open()).toEqual([])
  })

  it('says in its facts what nodes are made of', async () => {
    await substrate.create(planOf('hub', 0), journal, never)
    expect(await substrate.facts()).toMatchObject({ mode: 'thin', node: process.version, timeNamespace: 'none' })
  })

  it('refuses a container name that is taken and leaves the other one alone', async () => {
    await substrate.create(planOf('a', 0), journal, never)
    const { docker } = engine as Engine
    const other = await docker.createContainer({
      name: `bench-${tag}-b`,
      Image: `nats-jail-harness-thin:${tag}`,
      Cmd: ['x'],
    })
    try {
      await expect(substrate.create(planOf('b', 1), journal, never)).rejects.toMatchObject({
        code: 'cannot-create',
        message: expect.stringContaining(`container bench-${tag}-b must be new`) as string,
      })
      await expect(other.inspect()).resolves.toMatchObject({ Name: `/bench-${tag}-b` })
    } finally {
      await other.remove()
    }
  })

  it('refuses a network name that is taken and leaves the other one alone', async () => {
    const { docker } = engine as Engine
    const other = await docker.createNetwork({
      Name: `bench-${tag}`,
      Internal: true,
      IPAM: { Config: [{ Subnet: '10.211.7.0/28' }] },
    })
    try {
      await expect(substrate.create(planOf('a', 0), journal, never)).rejects.toMatchObject({
        code: 'cannot-create',
        message: `network bench-${tag} must be new, got one of that name that is not ours`,
      })
      expect(journal.open()).toEqual([])
      await expect(other.inspect()).resolves.toMatchObject({ Name: `bench-${tag}` })
    } finally {
      await other.remove()
    }
  })

  it('steps aside for addresses that another network of the engine uses', async () => {
    const { docker } = engine as Engine
    const [a, b] = substrate.endpoint(0).address.split('.')
    const other = await docker.createNetwork({
      Name: `other-${tag}`,
      Internal: true,
      IPAM: { Config: [{ Subnet: `${a}.${b}.0.0/17` }] },
    })
    try {
      await renew()
      const node = await substrate.create(planOf('a', 0), journal, never)
      await node.destroy()
    } finally {
      await other.remove()
    }
  })

  it('says that addresses are taken when they were chosen by hand', async () => {
    const { docker } = engine as Engine
    const other = await docker.createNetwork({
      Name: `other-${tag}`,
      Internal: true,
      IPAM: { Config: [{ Subnet: '10.211.8.0/24' }] },
    })
    try {
      await renew({ image: 'thin', addresses: '10.211.8.0/24' })
      await expect(substrate.create(planOf('a', 0), journal, never)).rejects.toMatchObject({
        code: 'cannot-create',
        hint: expect.stringContaining('--set addresses=') as string,
      })
      expect(journal.open()).toEqual([])
    } finally {
      await other.remove()
    }
  })

  it('says which image is missing and how to get it, and leaves nothing', async () => {
    await renew({ image: 'localhost:1/bench/no-such-image:1' })
    await expect(substrate.create(planOf('a', 0), journal, never)).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(
        /^image localhost:1\/bench\/no-such-image:1 must be there or be pulled, got/,
      ) as string,
      hint: expect.stringContaining('docker pull') as string,
    })
    expect(journal.open()).toEqual([])
  })

  it('refuses CPUs that this machine does not have, naming the node', async () => {
    await expect(substrate.create(planOf('a', 0, { cpus: [1023] }), journal, never)).rejects.toMatchObject({
      code: 'os',
    })
    expect(journal.open()).toEqual([])
  })

  it('makes nothing more once the run is interrupted', async () => {
    const controller = new AbortController()
    const making = substrate.create(planOf('a', 0), journal, controller.signal)
    controller.abort()
    await expect(making).rejects.toMatchObject({ code: 'interrupted' })
    expect(journal.open()).toEqual([])
  })

  it('is refused on a host that is not this machine', async () => {
    const elsewhere = { ...host, name: 'root@rock64' }
    const there = await containerSubstrate({
      host: elsewhere,
      facts,
      run: 'r',
      tag,
      directory,
      settings: {},
      env: {},
      say: () => undefined,
    })
    expect(await there.unsupported()).toMatch(/not through root@rock64; set DOCKER_HOST/)
  })

  it('brings nine nodes up and down in seconds, also on a busy machine', async () => {
    const upAt = performance.now()
    const nodes = await Promise.all(
      Array.from({ length: 9 }, (_, index) => substrate.create(planOf(`n-${index}`, index), journal, never)),
    )
    const downAt = performance.now()
    await Promise.all(nodes.map((node) => node.destroy()))
    const downMs = performance.now() - downAt
    expect(downAt - upAt).toBeLessThan(20_000)
    expect(downMs).toBeLessThan(20_000)
    expect(journal.open()).toEqual([])
  })
})

describe('image mode', () => {
  /** A very small image in place of a pulled one: Node.js, a shell and their libraries, from this machine. */
  async function importImage(
    docker: Engine['docker'],
    reference: string,
    paths: readonly string[],
    cwd = '/',
  ): Promise<void> {
    // Made in a folder first, so that the archive holds the folders too: an engine makes missing ones unreadable.
    const root = await mkdtemp(join(directory, 'root-'))
    await host.run(['chmod', '755', root])
    await host.run(['cp', '-L', '--parents', ...paths, root], { cwd })
    const file = `${root}.tar`
    await host.run(['tar', '-C', root, '-cf', file, '.'])
    const cut = reference.lastIndexOf(':')
    const answer = await docker.importImage(createReadStream(file), {
      repo: reference.slice(0, cut),
      tag: reference.slice(cut + 1),
      changes: `ENV PATH=/usr/bin:/bin:${dirname(process.execPath)}`,
    })
    for await (const _line of answer) continue
  }
  const libraries = async (program: string): Promise<string[]> => {
    const { stdout } = await host.run(['ldd', program], { accept: 'any' })
    return [...stdout.matchAll(/(\/\S+)/g)].map((match) => match[1] ?? '')
  }

  it('says so when the image has no Node.js, and leaves nothing', async () => {
    const { docker } = engine as Engine
    const image = `localhost/bench-live-bare-${tag}:1`
    const programs = ['/bin/sh', '/bin/sleep']
    await importImage(docker, image, [
      ...new Set([...programs, ...(await Promise.all(programs.map(libraries))).flat()]),
    ])
    try {
      await renew({ image })
      await expect(substrate.create(planOf('hub', 0), journal, never)).rejects.toMatchObject({
        code: 'unavailable',
        message: `image ${image} must hold Node.js 22.18 or later, got "node: no such program in this node"`,
      })
      expect(journal.open()).toEqual([])
    } finally {
      await docker.getImage(image).remove()
    }
  })

  it('makes nodes of the image that was asked for, with nats-server out of the other, and names both digests', async () => {
    const { docker } = engine as Engine
    const folder = join(directory, 'root')
    const obtained = await obtainServer(choice, { host, facts, env: process.env, say: () => undefined })
    await host.put({ 'nats-server': await readFile(obtained.path) }, folder)
    const names = { image: `localhost/bench-live-node-${tag}:1`, serverImage: `localhost/bench-live-nats-${tag}:1` }
    const programs = ['/bin/sh', '/bin/cat', '/bin/sleep', process.execPath]
    const needed = new Set([...programs, ...(await Promise.all(programs.map(libraries))).flat()])
    try {
      await importImage(docker, names.image, [...needed])
      await importImage(docker, names.serverImage, ['nats-server'], folder)
      await renew(names)
      const node = await substrate.create(planOf('hub', 0), journal, never)
      const server = await node.server({})
      expect(server.version).toMatch(/^\d+\.\d+\.\d+/)
      expect(server.origin).toMatch(/^image localhost\/bench-live-nats-\S+ sha256:[0-9a-f]{64}$/)
      expect(server.sha256).toMatch(/^[0-9a-f]{64}$/)
      expect(await substrate.facts()).toMatchObject({
        mode: 'image',
        image: names.image,
        digest: expect.stringMatching(/sha256:[0-9a-f]{64}/) as string,
        serverImage: names.serverImage,
        node: process.version,
      })
      expect(journal.open().map((entry) => entry.kind)).toEqual(['network', 'container'])
      await node.destroy()
      expect(journal.open()).toEqual([])
    } finally {
      for (const name of Object.values(names))
        await docker
          .getImage(name)
          .remove()
          .catch(() => undefined)
    }
  })
})

describe('sweep', () => {
  it('takes away what a journal names, twice without complaint, and nothing else', async () => {
    const { docker } = engine as Engine
    await substrate.create(planOf('a', 0), journal, never)
    const entries = journal.open()
    const image = `nats-jail-harness-thin:${tag}`
    const stranger = await docker.createContainer({ name: `bench-${tag}-other`, Image: image, Cmd: ['x'] })
    try {
      const problem = await substrate.sweep(entries).catch((error: unknown) => error)
      // A container that is not ours still uses the image, so it is not removed by force, and the error names it.
      expect(problem).toBeInstanceOf(BenchError)
      expect((problem as BenchError).lines.join()).toContain(`image ${image}`)
      await expect(stranger.inspect()).resolves.toMatchObject({ Name: `/bench-${tag}-other` })
    } finally {
      await stranger.remove()
    }
    await substrate.sweep(entries)
    await substrate.sweep(entries)
    expect(await leftovers(engine as Engine, `run-${tag}`)).toEqual([])
  })
})
