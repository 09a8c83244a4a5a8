/** One jail as a node: cloned, started, limited, checked after each step. jexec runs its programs and keeps pid, status and streams. */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { HostFacts } from '../../model/facts.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import type { NodePlan, ServerChoice } from '../../model/plan.ts'
import type { Usage } from '../../model/recording.ts'
import { obtainServer } from '../../server/obtain.ts'
import type { ObtainContext } from '../../server/obtain.ts'
import { storeFolder } from '../../model/node-names.ts'
import { filler, scriptIn } from '../filler.ts'
import { stopping } from '../paused.ts'
import { nodeAt, stopHere } from '../place.ts'
import type { Fillable, LiveNode, Pausable } from '../substrate.ts'
import { jailNetwork, passFirewall } from './bad-network.ts'
import { lastLines } from './command.ts'
import { refuseHostDevices } from './image-build.ts'
import type { Image } from './images.ts'
import { exists, jailConfig, lingers, runs, signalJail } from './jail.ts'
import { applyLimits, refuseSmallLimit } from './limits.ts'
import { makeMemoryDisk } from './memory-disk.ts'
import { refuseTaken } from './network.ts'
import type { Network } from './network.ts'
import { removeJail, undo } from './remove.ts'
import type { Removal } from './remove.ts'

export interface NodeRequest {
  /** Name of the new jail. */
  readonly name: string
  readonly plan: NodePlan
  readonly image: Image
  readonly network: Network
  readonly facts: HostFacts
  readonly env: Readonly<Record<string, string | undefined>>
  readonly journal: Journal
  readonly signal: AbortSignal
  readonly say: (line: string) => void
  /** One for all jails of the host, see usage.ts. */
  readonly meter: (jail: string) => () => Promise<Usage>
  /** Called once, when the jail is gone. */
  readonly released: () => Promise<void>
}

/** Our folder in every jail. */
const directory = '/var/natsbench'
const copiedFiles = ['rctl.conf', 'cpuset.conf', 'rdr.conf', 'tags', 'natsbench.json'] as const

/** After a failure what was half made is removed; the error names node, jail and command. */
export async function createNode(removal: Removal, request: NodeRequest): Promise<LiveNode & Pausable> {
  const { host, home } = removal
  const { name, plan, network, image, journal, signal } = request
  const address = plan.endpoint.address
  refuseSmallLimit(plan.name, plan.memoryBytes)
  if ((await exists(host, home, name)) || (await lingers(host, name))) {
    throw new BenchError('unavailable', `jail ${name} must not exist yet, it does`, { hint: 'run "pnpm bench sweep"' })
  }
  await refuseTaken(host, address)
  const remains = { image: image.name, ...(network.mode === 'shared' ? { address } : {}) }
  const entry = await journal.will('jail', name, remains)
  const limits: JournalEntry[] = []
  let undisk: (() => Promise<void>) | undefined
  const remove = async () => {
    // Bastille leaves a jail alone that has something mounted.
    await undisk?.()
    await removeJail(removal, name, remains)
    for (const each of [...limits, entry]) await journal.gone(each)
  }
  try {
    stopHere(signal)
    await clone(removal, request)
    stopHere(signal)
    await start(removal, request)
    const ours = `${home.jails}/${name}/root${directory}`
    await host.run(['mkdir', '-p', ours])
    if (plan.diskBytes !== undefined) {
      await refuseLinks(host, ours)
      const disk = { host, jail: name, node: plan.name, journal, directory: ours, bytes: plan.diskBytes }
      undisk = await makeMemoryDisk(disk)
    }
    limits.push(...(await applyLimits(host, name, plan, journal)))
    stopHere(signal)
  } catch (error) {
    throw await undo(error, remove)
  }
  return liveNode(removal, request, remove)
}

async function clone(
  { host, home, bastille }: Removal,
  { name, plan, image, network, signal }: NodeRequest,
): Promise<void> {
  const address = plan.endpoint.address
  const { status, stdout, stderr } = await bastille.call(['clone', image.name, name, network.word(address)], {
    unless: signal,
  })
  const config = await jailConfig(host, home, name)
  const path = `${home.jails}/${name}/root`
  const wanted = network.mode === 'vnet' ? undefined : `${home.interface}|${address}`
  const right = config?.name === name && config.hostname === name && config.path === path && config.address === wanted
  if (status !== 0 || !right) {
    const seen = config === undefined ? 'no jail.conf' : JSON.stringify(config)
    throw new BenchError(
      'os',
      `node ${plan.name} must be cloned by \`bastille clone ${image.name} ${name}\`, got status ${status} and ${seen}`,
      { lines: lastLines(`${stdout}\n${stderr}`) },
    )
  }
  if (network.mode === 'vnet') {
    // 1.3.x leaves the mask out, and the jail then reaches nobody.
    await host.run(['sysrc', '-f', `${path}/etc/rc.conf`, `ifconfig_vnet0=inet ${network.word(address)}`])
  }
  // They still name the image: starting this jail would limit the image, stopping it would remove the image's limits.
  await host.run(['rm', '-f', ...copiedFiles.map((file) => `${home.jails}/${name}/${file}`)])
}

async function start(removal: Removal, { name, plan, network, signal }: NodeRequest): Promise<void> {
  const { host, home, bastille } = removal
  const shared = network.mode === 'shared'
  // One start at a time: each VNET jail has an interface pair called epair0 for a moment. Building an image is `alone` for that reason.
  const { status, stdout, stderr } = await bastille.call(['start', name], { unless: signal, lane: 'beside' })
  if (!(await runs(host, name))) {
    throw new BenchError(
      'os',
      `node ${plan.name} must run after \`bastille start ${name}\`, it does not (status ${status})`,
      {
        lines: lastLines(`${stdout}\n${stderr}`),
        hint: `a jail ends with its last process, so its template must leave a service on, as syslogd; its boot log is ${home.logs}/${name}_console.log`,
      },
    )
  }
  const address = plan.endpoint.address
  const seen = await host.run(
    shared ? ['ifconfig', home.interface] : ['jexec', '-l', '-U', 'root', name, 'ifconfig', '-a'],
  )
  if (!new RegExp(`inet ${address.replaceAll('.', '\\.')}[ /]`).test(seen.stdout)) {
    throw new BenchError('os', `node ${plan.name} must have address ${address} in jail ${name}, it has not`, {
      lines: lastLines(seen.stdout),
    })
  }
  if (shared) return
  await refuseHostDevices(removal, name)
  await passFirewall(host, name)
}

function liveNode(
  removal: Removal,
  request: NodeRequest,
  remove: () => Promise<void>,
): LiveNode & Pausable & Partial<Fillable> {
  const { host, home } = removal
  const { name, plan, image, network, facts, env, say, signal, released, journal, meter } = request
  const root = `${home.jails}/${name}/root`
  // Where kern.hz is not known: 100, the lowest usual value.
  const hz = Number(facts.settings['kern.hz'] ?? 100)
  const own = network.mode === 'vnet' ? jailNetwork(host, { node: plan.name, jail: name, hz }) : {}
  const { left, ...room } = filler({
    node: plan.name,
    run: journal.run,
    journal,
    path: `${directory}/${storeFolder}`,
    script: scriptIn((command, options) => node.spawn(command, options)),
  })
  const node: LiveNode & Pausable = nodeAt({
    name: plan.name,
    host: host.name,
    directory,
    node: '/usr/local/bin/node',
    write: async (files, where) => {
      await refuseLinks(host, `${root}${directory}`)
      await host.put(files, `${root}${where}`)
    },
    start: (command, options) => {
      const env = Object.entries(options.env ?? {}).map(([key, value]) => `${key}=${value}`)
      const words = env.length === 0 ? command : ['/usr/bin/env', ...env, ...command]
      // `exec`: the program takes over the pid of jexec, so signals and status are its own.
      const inside = ['/bin/sh', '-c', 'cd "$0" && exec "$@"', options.cwd, ...words]
      return host.spawn(['jexec', '-l', '-U', 'root', name, ...inside])
    },
    server: (choice) =>
      fits(choice, image)
        ? Promise.resolve(fromImage(image))
        : bringServer(root, choice, { host, facts, env, say, signal }),
    usage: meter(name),
    ...stopping(plan.name, (signal) => signalJail(host, name, signal)),
    remove: async () => {
      await remove()
      await left()
      await released()
    },
  })
  return { ...node, ...own, ...(plan.diskBytes === undefined ? {} : room) }
}

/** The host would follow links that a program in the jail has made, so nothing is written below a link. */
async function refuseLinks(host: Host, path: string): Promise<void> {
  const script = 'test "$(realpath "$1")" = "$1" && test -z "$(find "$1" -type l)"'
  const { status } = await host.run(['sh', '-c', script, 'sh', path], { accept: 'any' })
  if (status !== 0) throw new BenchError('os', `${path} must be a folder without symbolic links, it is not`)
}

const imageVersion = (image: Image) => /v?(\d+\.\d+\.\d+[\w.-]*)/.exec(image.programs['nats-server'] ?? '')?.[1]

function fits(choice: ServerChoice, image: Image): boolean {
  const version = imageVersion(image)
  return (
    version !== undefined && choice.path === undefined && (choice.version === undefined || choice.version === version)
  )
}

function fromImage(image: Image) {
  const own = image.args.NATS_VERSION === undefined ? 'package' : 'go install'
  const how = image.commit === undefined ? own : `commit ${image.commit.slice(0, 12)}`
  return {
    path: '/usr/local/bin/nats-server',
    version: imageVersion(image) ?? '',
    origin: `${how}, template ${image.template}, image ${image.name}`,
  }
}

/** A nats-server from outside, under a name of its own, so that two builds can be in one jail. */
async function bringServer(root: string, choice: ServerChoice, context: ObtainContext) {
  const { host } = context
  const { path, ...found } = await obtainServer(choice, context)
  const inside = `/usr/local/bin/nats-server-${found.sha256?.slice(0, 12) ?? found.version.replaceAll(/[^\w.-]/g, '')}`
  await host.run(['cp', path, `${root}${inside}`])
  await host.run(['chmod', '755', `${root}${inside}`])
  return { ...found, path: inside }
}
