/** Jails by Bastille, on this host or over ssh. */
import { BenchError } from '../../model/error.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import type { Capability, Endpoint, NetworkMode } from '../../model/plan.ts'
import { once, onceEach } from '../once.ts'
import { stopHere } from '../place.ts'
import type { Substrate, SubstrateContext } from '../substrate.ts'
import { whyNoDummynet } from './bad-network.ts'
import { bastilleCommand } from './command.ts'
import { jailDoctor } from './doctor.ts'
import { substrateFacts } from './facts.ts'
import { makeHome, readHome } from './home.ts'
import { ensureImage, findImage } from './images.ts'
import type { Image } from './images.ts'
import { forget, keptOnHost } from './left.ts'
import { whyNoMemoryDisk } from './memory-disk.ts'
import { nodeJail } from './names.ts'
import { chooseNetwork, chooseNetworks, makeBridge, removeBridge } from './network.ts'
import type { Network } from './network.ts'
import { createNode } from './node.ts'
import { choosePackages } from './packages.ts'
import { chooseRelease, patchOf } from './release.ts'
import { undo } from './remove.ts'
import type { Removal } from './remove.ts'
import { sweepEntries } from './sweep.ts'
import { chooseTemplate } from './template.ts'
import { turns } from './turns.ts'
import { jailMeters } from './usage.ts'
import { destroyWords, probeVersion } from './version.ts'

/** Each jail has an address of its own, so all use the same ports. */
const ports = { client: 4222, monitor: 8222, cluster: 6222, floor: 4999 } as const

/** Settings: those of `chooseNetworks`, `release`, `packages`, `template`, `templateCommit`, `natsVersion`. Touches nothing yet. */
export async function bastilleSubstrate(context: SubstrateContext): Promise<Substrate> {
  const { host, facts, run, tag, settings, env, say } = context
  const networks = chooseNetworks(settings)
  const networkOf = (mode: NetworkMode | undefined) => oneOf(networks, mode)
  const capabilities = new Set<Capability>(['cpus', 'pause', 'usage', 'networks'])
  if (facts.settings['kern.racct.enable'] === '1') capabilities.add('memory')
  const ownStacks = !networks.has('shared')
  const noDummynet = ownStacks ? await whyNoDummynet(host) : undefined
  if (ownStacks) capabilities.add('partition')
  if (ownStacks && noDummynet === undefined) capabilities.add('impair')
  const noDisk = await whyNoMemoryDisk(host)
  if (noDisk === undefined) capabilities.add('disk')
  let disks = false
  const meter = jailMeters(host)
  const ready = once(() => prepare(context))
  const images = new Map<`${NetworkMode} ${'server' | 'load'}`, Promise<Image>>()
  // Both images are built at once where the host has two cores or more: each has its own address and its own jail.
  const inTurn = (facts.cores ?? 1) > 1 ? { server: turns(), load: turns() } : oneFor(turns())
  /** Jails that exist or are being made, by name, with the function that gives their lease and bridge back when they are gone. */
  const live = new Map<string, () => Promise<void>>()
  let bridge: Promise<JournalEntry | undefined> | undefined
  const journals = new Map<Journal, Journal>()

  const giveBack = async (jail: string) => {
    const back = live.get(jail)
    live.delete(jail)
    await back?.()
  }
  const takeBridge = async (journal: Journal) => {
    const entry = await bridge?.catch(() => undefined) // the caller that made it got the error; the journal names what was made
    bridge = undefined
    if (entry === undefined) return
    await removeBridge(host, entry.name)
    await journal.gone(entry)
  }
  const endpoint = (index: number, mode?: NetworkMode): Endpoint => ({
    address: networkOf(mode).address(index),
    ports,
  })

  return {
    name: 'bastille',
    capabilities,
    lacks: new Map<Capability, string>([
      ...(noDummynet === undefined ? [] : ([['impair', noDummynet]] as const)),
      ...(noDisk === undefined ? [] : ([['disk', noDisk]] as const)),
    ]),
    endpoint,
    unsupported: async () => {
      const lines = await jailDoctor(host, { essential: true, network: networks.has('vnet') ? 'vnet' : 'shared' })
      const worst = lines.find((line) => line.state === 'fail')
      if (worst === undefined) return undefined
      return `${worst.about}: ${worst.because}${worst.fix === undefined ? '' : `; run "${worst.fix}"`}`
    },
    create: async (plan, ownJournal, signal) => {
      stopHere(signal)
      disks ||= plan.diskBytes !== undefined
      const removal = await ready()
      const journal = journals.get(ownJournal) ?? keptOnHost(removal, ownJournal)
      journals.set(ownJournal, journal)
      const name = nodeJail(tag, plan.index)
      const network = networkOf(plan.network)
      const release = await removal.bastille.hold()
      live.set(name, async () => {
        try {
          if (live.size === 0) await takeBridge(journal)
        } finally {
          release()
        }
      })
      const released = () => giveBack(name)
      try {
        if (network.mode === 'vnet') await (bridge ??= makeBridge(host, network, journal))
        const image = await onceEach(images, `${network.mode} ${plan.role}`, () =>
          // Images of one role are built one after the other: they use the same address.
          inTurn[plan.role](() => imageFor(removal, context, network, { role: plan.role, journal, signal })),
        )
        const request = { name, plan, image, network, facts, env, journal, signal, say, meter, released }
        return await createNode(removal, request)
      } catch (error) {
        throw await undo(error, released)
      }
    },
    sweep: async (entries, signal) => {
      if (entries.length === 0) return
      const removal = await ready()
      try {
        await removal.bastille.exclusively(() => sweepEntries(removal, entries, signal))
        await forget(removal, run, entries)
      } finally {
        // The bridge has a journal entry of its own: it is gone already, or the error names it.
        bridge = undefined
        for (const entry of entries) await giveBack(entry.name)
      }
    },
    facts: async () =>
      substrateFacts(await ready(), {
        networks: [...networks.values()],
        images: await Promise.all(images.values()),
        disks,
      }),
  }
}

interface ImageFor {
  readonly role: 'server' | 'load'
  readonly journal: Journal
  readonly signal: AbortSignal
}

/** A VNET image is copied from the shared image of the same content, which is built first. */
async function imageFor(
  removal: Removal,
  { host, facts, settings }: SubstrateContext,
  network: Network,
  { role, journal, signal }: ImageFor,
): Promise<Image> {
  const release = await chooseRelease(host, removal.home, facts, settings)
  const packages = choosePackages(settings)
  const common = {
    template: await chooseTemplate(role, settings),
    release,
    patch: await patchOf(host, removal.home, release),
    arch: facts.arch,
    ...(packages === undefined ? {} : { packages }),
    role,
    signal,
  }
  const on = (at: Network) => ({ ...common, network: at, address: at.imageAddress(role) })
  const request = on(network)
  if (network.mode === 'shared') return ensureImage(removal, request, journal)
  const found = await findImage(removal, request)
  if (found !== undefined) return found
  const { addresses: _ofVnet, ...others } = settings
  const shared = chooseNetwork('shared', others)
  const base = await ensureImage(removal, on(shared), journal)
  return ensureImage(removal, { ...request, base }, journal)
}

function oneFor(turn: ReturnType<typeof turns>) {
  return { server: turn, load: turn }
}

/** The part that `doctor`, `images` and `run` share. Makes our prefix on the host. */
export async function prepare({ host, run, say }: Pick<SubstrateContext, 'host' | 'run' | 'say'>): Promise<Removal> {
  const version = await probeVersion(host)
  if (version === undefined) {
    const { os } = await host.facts()
    throw new BenchError('unavailable', `${host.name} must have bastille, it has not`, {
      hint: os === 'FreeBSD' ? 'run "pkg install -y bastille"' : `jails need FreeBSD, this is ${os}`,
    })
  }
  const home = await readHome(host)
  const bastille = await bastilleCommand(host, home, run, say)
  await makeHome(host, home, say)
  return { host, home, bastille, destroyWords: destroyWords(version), say }
}

function oneOf(networks: ReadonlyMap<NetworkMode, Network>, mode: NetworkMode | undefined): Network {
  const found = mode === undefined ? [...networks.values()][0] : networks.get(mode)
  if (found !== undefined) return found
  throw new BenchError('bug', `network ${mode ?? ''} must be among ${[...networks.keys()].join(', ')}`)
}
