/** Jails by Bastille, on this host or over ssh. */
import { BenchError, asBenchError } from '../../model/error.ts'
import type { JournalEntry } from '../../model/journal.ts'
import type { Capability, Endpoint } from '../../model/plan.ts'
import type { Substrate, SubstrateContext } from '../substrate.ts'
import { bastilleCommand } from './command.ts'
import { jailDoctor } from './doctor.ts'
import { substrateFacts } from './facts.ts'
import { makeHome, readHome, removeHome } from './home.ts'
import { ensureImage, listImages } from './images.ts'
import type { Image, ImageRequest } from './images.ts'
import { removeLimits } from './limits.ts'
import { isOurJail, nodeJail } from './names.ts'
import { chooseNetwork, makeBridge, removeBridge } from './network.ts'
import { createNode } from './node.ts'
import { chooseRelease } from './release.ts'
import { removeJail } from './remove.ts'
import type { Removal } from './remove.ts'
import { chooseTemplate } from './template.ts'
import { turns } from './turns.ts'
import { destroyWords, probeVersion } from './version.ts'

/** Each jail has an address of its own, so all use the same ports. */
const ports = { client: 4222, monitor: 8222, cluster: 6222, floor: 4999 } as const

/** Settings: `network`, `addresses`, `bridge`, `release`, `template`, `natsVersion`. Touches nothing yet. */
export async function bastilleSubstrate(context: SubstrateContext): Promise<Substrate> {
  const { host, facts, run, tag, settings, say } = context
  const network = chooseNetwork(settings)
  const capabilities = new Set<Capability>(['cpus', 'pause', 'usage'])
  if (facts.settings['kern.racct.enable'] === '1') capabilities.add('memory')
  const ready = once(() => prepare(context))
  const images = new Map<'server' | 'load', Promise<Image>>()
  const inTurn = turns()
  /** Nodes that exist or are being made; the bridge is for them. */
  const state: { nodes: number; bridge?: Promise<JournalEntry | undefined> } = { nodes: 0 }

  const endpoint = (index: number): Endpoint => ({ address: network.address(index), ports })

  return Promise.resolve({
    name: 'bastille' as const,
    capabilities,
    endpoint,
    unsupported: async () => {
      const lines = await jailDoctor(host, { essential: true, network: network.mode })
      const worst = lines.find((line) => line.state === 'fail')
      if (worst === undefined) return undefined
      return `${worst.about}: ${worst.because}${worst.fix === undefined ? '' : `; run "${worst.fix}"`}`
    },
    create: async (plan, journal, signal) => {
      const removal = await ready()
      const release = await removal.bastille.hold()
      state.nodes++
      const released = async () => {
        state.nodes--
        if (state.nodes === 0 && state.bridge !== undefined) {
          const entry = await state.bridge
          delete state.bridge
          if (entry !== undefined) {
            await removeBridge(host, entry.name)
            await journal.gone(entry)
          }
        }
        release()
      }
      try {
        state.bridge ??= makeBridge(host, network, journal)
        await state.bridge
        const request = async (): Promise<ImageRequest> => ({
          template: await chooseTemplate(plan.role, settings),
          release: await chooseRelease(host, removal.home, facts, settings),
          arch: facts.arch,
          network,
        })
        const image = await kept(images, plan.role, () =>
          // One after the other: they are built at the same address.
          inTurn(async () => ensureImage(removal, await request(), journal, say)),
        )
        const name = nodeJail(tag, plan.index)
        return await createNode(removal, { name, plan, image, network, facts, journal, signal, say, released })
      } catch (error) {
        await released()
        throw error
      }
    },
    sweep: async (entries) => {
      if (entries.length === 0) return
      const removal = await ready()
      await removal.bastille.exclusively(() => sweep(removal, entries))
    },
    facts: async () => substrateFacts(await ready(), { network, run, images: await Promise.all(images.values()) }),
  })
}

/** What a doctor, a list of images and a run have in common. Makes our prefix on the host. */
export async function prepare({ host, run }: Pick<SubstrateContext, 'host' | 'run'>): Promise<Removal> {
  const version = await probeVersion(host)
  if (version === undefined) {
    throw new BenchError('unavailable', `${host.name} must have bastille, it has not`, {
      hint: 'run "pkg install -y bastille"',
    })
  }
  const home = await readHome(host)
  const bastille = await bastilleCommand(host, home, run)
  await makeHome(host, home)
  return { host, home, bastille, destroyWords: destroyWords(version) }
}

type Sweeper = (removal: Removal, entry: JournalEntry) => Promise<void>
const sweepers: Readonly<Record<string, Sweeper>> = {
  jail: (removal, { name, detail }) => {
    const remains = Object.entries(detail).filter(([key]) => key === 'address' || key === 'image')
    return removeJail(removal, name, Object.fromEntries(remains.map(([key, value]) => [key, String(value)])))
  },
  rctl: async ({ host }, { name }) => {
    const jail = /^jail:([a-z0-9]+):/.exec(name)?.[1] ?? ''
    if (isOurJail(jail)) await removeLimits(host, jail)
  },
  interface: ({ host }, { name }) => removeBridge(host, name),
}

/** Jails before the bridge they are members of. Goes on after a failure; then throws naming all that stays. */
async function sweep(removal: Removal, entries: readonly JournalEntry[]): Promise<void> {
  const rank = (entry: JournalEntry) => ['jail', 'rctl', 'interface'].indexOf(entry.kind)
  const stays: string[] = []
  for (const entry of [...entries].sort((a, b) => rank(a) - rank(b))) {
    try {
      const sweeper = sweepers[entry.kind]
      if (sweeper === undefined)
        throw new BenchError('bug', `journal entry of a jail run must be known, got kind ${entry.kind}`)
      await sweeper(removal, entry)
    } catch (error) {
      const { message, lines } = asBenchError(error)
      stays.push(`${entry.kind} ${entry.name}: ${message}`, ...lines)
    }
  }
  if ((await listImages(removal)).length === 0) await removeHome(removal.host, removal.home)
  if (stays.length > 0) {
    throw new BenchError('os', 'everything of the run must be gone, some stays', {
      lines: stays,
      hint: 'run "pnpm bench sweep" again',
    })
  }
}

function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | undefined
  return () => {
    made ??= make().catch((error: unknown) => {
      made = undefined
      throw error
    })
    return made
  }
}

/** The value of a key, made by the first who asks; a failure is not kept. */
async function kept<K, V>(map: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const made = map.get(key) ?? make()
  map.set(key, made)
  try {
    return await made
  } catch (error) {
    map.delete(key)
    throw error
  }
}
