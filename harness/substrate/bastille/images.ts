/**
 * Golden jails: built once from a template, stopped, and cloned for each node. Their name is a hash of template,
 * arguments, release, architecture and kind of network. They outlive runs on purpose; `bench images remove` removes them.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BenchError } from '../../model/error.ts'
import { dictionary, parseAs } from '../../model/json.ts'
import type { Journal } from '../../model/journal.ts'
import { lastLines } from './command.ts'
import { fetchTemplate } from './foreign.ts'
import { removeHome, setUpOf } from './home.ts'
import type { Home } from './home.ts'
import { exists, jailConfig, runs, untilGone } from './jail.ts'
import { imageJail, isImageJail } from './names.ts'
import { refuseTaken } from './network.ts'
import type { Network } from './network.ts'
import { removeJail, undo } from './remove.ts'
import type { Removal } from './remove.ts'
import { applyTemplate, fingerprint, isForeign } from './template.ts'
import type { Template } from './template.ts'

const imageSchema = z.object({
  /** Name of its jail. */
  name: z.string(),
  template: z.string(),
  args: dictionary(z.string()),
  /** Of the template's repository, where it came by URL. */
  commit: z.string().exactOptional(),
  release: z.string(),
  arch: z.string(),
  network: z.enum(['shared', 'vnet']),
  /** What `--version` of its programs says, by program name. */
  programs: dictionary(z.string()),
  /** `ufs` or the dataset of the jails when it was built; another set-up cannot clone it. */
  setUp: z.string().exactOptional(),
})
export type Image = z.output<typeof imageSchema>

export interface ImageRequest {
  readonly template: Template
  readonly release: string
  readonly arch: string
  readonly network: Network
  /** VNET images are filled from this shared one: a private bridge leads to no package server. */
  readonly base?: Image
}

/** Written last, beside the image's jail.conf: an image without it was cut off and is built anew. */
const marker = 'natsbench.json'

/** The name has all that shapes it, so an image that does not fit is never taken for one that does. */
export function imageName(home: Home, request: ImageRequest): string {
  const { template, release, arch, network } = request
  // Whole copies have a word of their own: earlier VNET images lack what was outside usr/local, var/db and etc.
  const vnet = network.mode === 'vnet' ? `${network.bridge.name} whole` : ''
  const parts = [fingerprint(template), release, arch, network.mode, vnet, setUpOf(home)]
  return imageJail(createHash('sha256').update(parts.join('\0')).digest('hex'))
}

export function findImage(removal: Removal, request: ImageRequest): Promise<Image | undefined> {
  return readImage(removal, imageName(removal.home, request))
}

/** Builds it where it is not there. The caller holds the host's lease and has made the bridge. */
export async function ensureImage(
  removal: Removal,
  request: ImageRequest,
  journal: Journal,
  say: (line: string) => void,
): Promise<Image> {
  const name = imageName(removal.home, request)
  const found = await findImage(removal, request)
  if (found !== undefined) return found
  if (await exists(removal.host, removal.home, name)) await removeJail(removal, name)
  await refuseTaken(removal.host, request.network.imageAddress)
  for (const old of await unfit(removal, request)) say(old)
  say(
    `building image ${name} from template ${request.template.name} on ${request.release}; done once, takes some minutes`,
  )
  const entry = await journal.will('jail', name, { address: request.network.imageAddress })
  try {
    const image = await buildImage(removal, request, name)
    await journal.gone(entry) // it is no longer the run's: it stays
    return image
  } catch (error) {
    throw await undo(error, async () => {
      await removeJail(removal, name, { address: request.network.imageAddress })
      await journal.gone(entry)
    })
  }
}

/** Images of the same content from before Bastille's set-up was changed, each as a line. */
async function unfit(removal: Removal, request: ImageRequest): Promise<readonly string[]> {
  const { template, release, arch, network } = request
  const now = setUpOf(removal.home)
  const same = (image: Image) =>
    image.template === template.name &&
    JSON.stringify(image.args) === JSON.stringify(template.args) &&
    image.release === release &&
    image.arch === arch &&
    image.network === network.mode
  return (await listImages(removal))
    .filter((image) => same(image) && image.setUp !== undefined && image.setUp !== now)
    .map(
      ({ name, setUp }) =>
        `image ${name} was built on ${setUp ?? ''} and does not fit ${now}: it is built anew; "pnpm bench images remove ${name}" removes the old one`,
    )
}

async function buildImage(removal: Removal, request: ImageRequest, name: string): Promise<Image> {
  const { host, home, bastille } = removal
  const { template, release, arch, network } = request
  const { base } = request
  const vnet = network.mode === 'vnet'
  // Before the jail is made, which takes its time: whatever is wrong with it is said at once.
  const fetched =
    base === undefined && isForeign(template) ? await fetchTemplate(host, home, bastille, template) : undefined
  const words = [
    ...(vnet ? ['-B'] : []),
    name,
    release,
    network.word(network.imageAddress),
    ...(vnet ? [network.bridge.name] : []),
  ]
  const made = await bastille.call(['create', ...words], 1_800_000)
  const config = await jailConfig(host, home, name)
  if (config?.name !== name || config.vnet !== vnet || !(await runs(host, name))) {
    throw new BenchError('os', `image ${name} must run after bastille create, it does not (status ${made.status})`, {
      lines: lastLines(`${made.stdout}\n${made.stderr}`),
    })
  }
  if (vnet) await refuseHostDevices(removal, name)
  if (base === undefined) await applyTemplate(host, home, bastille, name, template, fetched)
  else await copyContent(removal, base, name)
  const programs: Record<string, string> = {}
  for (const program of template.programs) {
    const { stdout } = await host.run(['jexec', '-l', '-U', 'root', name, program, '--version'])
    const word = program.split('/').at(-1) ?? program
    // "nats-server: v2.15.2" says its name itself, node does not.
    programs[word] = stdout.trim().replace(`${word}: `, '')
  }
  await bastille.call(['stop', name])
  if (!(await untilGone(host, name))) throw new BenchError('os', `image ${name} must stop, it still runs`)
  const commit = base?.commit ?? fetched?.commit
  const image: Image = {
    name,
    template: template.name,
    args: template.args,
    ...(commit === undefined ? {} : { commit }),
    release,
    arch,
    network: network.mode,
    programs,
    setUp: setUpOf(home),
  }
  await host.put({ [marker]: `${JSON.stringify(image)}\n` }, `${home.jails}/${name}`)
  return image
}

/**
 * Everything of a stopped image into one that has just been created and runs, but for what is mounted or belongs to a
 * running system, the links to the release, and rc.conf, which has the network. `var/empty` is immutable (schg) and empty in both. `find` chooses, for
 * an `--exclude` of bsdtar also matches deeper down.
 */
export const copyScript =
  'cd "$1" && find . -xdev \\( -path ./.bastille -o -path ./dev -o -path ./proc -o -path ./tmp -o -path ./var/run -o -path ./var/empty \\) -prune -o ! -path . ! -path ./etc/rc.conf ! -lname "/.bastille/*" -print0 | tar -cf - --no-recursion --null -T - | tar -xpf - -C "$2"'

async function copyContent({ host, home }: Removal, base: Image, name: string): Promise<void> {
  const roots = [base.name, name].map((jail) => `${home.jails}/${jail}/root`)
  await host.run(['sh', '-c', copyScript, 'sh', ...roots], { timeoutMs: 600_000 })
}

/** Without devfs ruleset 13 loaded a VNET jail sees the disks and the memory of the host, and nothing says so. */
export async function refuseHostDevices({ host }: Removal, name: string): Promise<void> {
  const { stdout } = await host.run(['jexec', '-l', '-U', 'root', name, 'ls', '/dev'])
  const devices = stdout.split(/\s+/).filter((device) => /^(mem|kmem|io|pci)$/.test(device))
  if (devices.length === 0) return
  throw new BenchError(
    'unavailable',
    `VNET jail ${name} must not see the host's devices, it sees /dev/${devices.join(', /dev/')}`,
    {
      hint: 'run "bastille setup -y vnet && service devfs restart" on the host',
    },
  )
}

/** All of them, finished ones only. */
export async function listImages(removal: Removal): Promise<readonly Image[]> {
  const { host, home } = removal
  const { stdout, status } = await host.run(['ls', home.jails], { accept: 'any' })
  const names = status === 0 ? stdout.split('\n').filter(isImageJail) : []
  const images = await Promise.all(names.map((name) => readImage(removal, name)))
  return images.filter((image) => image !== undefined)
}

/** With the last one goes our prefix. */
export async function removeImage(removal: Removal, name: string): Promise<void> {
  if (!isImageJail(name))
    throw new BenchError('usage', `image must be a name that "bench images" lists, got ${JSON.stringify(name)}`)
  await removal.bastille.exclusively(async () => {
    await removeJail(removal, name)
    if ((await listImages(removal)).length === 0) await removeHome(removal.host, removal.home)
  })
}

async function readImage({ host, home }: Removal, name: string): Promise<Image | undefined> {
  const { stdout, status } = await host.run(['cat', `${home.jails}/${name}/${marker}`], { accept: 'any' })
  return status === 0 ? parseAs(imageSchema, stdout) : undefined
}
