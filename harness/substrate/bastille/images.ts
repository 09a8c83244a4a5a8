/**
 * Golden jails: built once from a template, stopped, and cloned for each node. Their name is a hash of template,
 * arguments, release, architecture and kind of network. They stay after a run on purpose; `bench images remove` removes them.
 */
import { createHash } from 'node:crypto'
import { z } from 'zod'
import { BenchError } from '../../model/error.ts'
import { dictionary, parseAs } from '../../model/json.ts'
import type { Journal } from '../../model/journal.ts'
import { removeHome, setUpOf } from './home.ts'
import type { Home } from './home.ts'
import { buildImage, switchedOff } from './image-build.ts'
import { exists } from './jail.ts'
import { imageJail, isImageJail } from './names.ts'
import { refuseTaken } from './network.ts'
import type { Network } from './network.ts'
import { removeJail, undo } from './remove.ts'
import type { Removal } from './remove.ts'
import { fingerprint } from './template.ts'
import type { Template } from './template.ts'

const imageSchema = z.object({
  /** Name of its jail. */
  name: z.string(),
  template: z.string(),
  args: dictionary(z.string()),
  /** Commit of the template's repository, where it came by URL. */
  commit: z.string().exactOptional(),
  release: z.string(),
  arch: z.string(),
  network: z.enum(['shared', 'vnet']),
  /** What `--version` of its programs says, by program name. */
  programs: dictionary(z.string()),
  /** `ufs` or the dataset of the jails when it was built; another set-up cannot clone it. */
  setUp: z.string().exactOptional(),
  /** Patch level of the release when it was built, `15.1-RELEASE-p1`, where the release says it. */
  patch: z.string().exactOptional(),
})
export type Image = z.output<typeof imageSchema>

export interface ImageRequest {
  readonly template: Template
  readonly release: string
  readonly arch: string
  readonly network: Network
  readonly role: 'server' | 'load'
  /** Its address while it is being built. */
  readonly address: string
  /** A repository on the host in place of the release's package server. */
  readonly packages?: string
  /** Patch level of the release now; empty where it is not known. */
  readonly patch: string
  /** Ends the building within seconds. */
  readonly signal?: AbortSignal
  /** VNET images are filled from this shared one: a private bridge leads to no package server. */
  readonly base?: Image
}

/** A file beside the image's jail.conf that is written last: an image without it is not finished and is built again. */
export const marker = 'natsbench.json'

/** The name is a hash of all that the image is built from, so an image that does not fit is never used. */
export function imageName(
  home: Home,
  request: Pick<ImageRequest, 'template' | 'release' | 'arch' | 'network' | 'patch' | 'packages'>,
): string {
  const { template, release, arch, network, patch, packages = '' } = request
  // `whole`: older VNET images, which lack what was outside usr/local, var/db and etc, get another name.
  const vnet = network.mode === 'vnet' ? `${network.bridge.name} whole` : ''
  const parts = [
    fingerprint(template),
    release,
    arch,
    network.mode,
    vnet,
    setUpOf(home),
    home.releases,
    patch,
    packages,
    ...switchedOff,
  ]
  return imageJail(createHash('sha256').update(parts.join('\0')).digest('hex'))
}

export function findImage(removal: Removal, request: ImageRequest): Promise<Image | undefined> {
  return readImage(removal, imageName(removal.home, request))
}

/** Finds the image, or builds it. The caller holds the host's lease and has made the bridge. */
export async function ensureImage(removal: Removal, request: ImageRequest, journal: Journal): Promise<Image> {
  const { say } = removal
  const { address } = request
  const name = imageName(removal.home, request)
  const found = await findImage(removal, request)
  if (found !== undefined) return found
  if (await exists(removal.host, removal.home, name)) await removeJail(removal, name)
  await refuseTaken(removal.host, address)
  for (const old of await unfit(removal, request)) say(old)
  say(
    `building image ${name} from template ${request.template.name} on ${request.release}; done once, takes some minutes`,
  )
  const entry = await journal.will('jail', name, { address })
  try {
    const image = await buildImage(removal, request, name)
    await journal.gone(entry) // it no longer belongs to the run: a sweep must leave it
    return image
  } catch (error) {
    throw await undo(error, async () => {
      say(`removing image ${name}, which is half built`)
      await removeJail(removal, name, { address })
      await journal.gone(entry)
    })
  }
}

/** Images of the same content that were built before Bastille's set-up or the release changed; one line for each. */
async function unfit(removal: Removal, request: ImageRequest): Promise<readonly string[]> {
  const { template, release, arch, network, patch } = request
  const now = { setUp: setUpOf(removal.home), patch }
  const fit = (image: Pick<Image, 'setUp' | 'patch'>) =>
    image.setUp !== undefined && image.setUp !== now.setUp
      ? [image.setUp, now.setUp]
      : image.patch !== undefined && image.patch !== now.patch
        ? [image.patch, now.patch]
        : undefined
  const same = (image: Image) =>
    image.template === template.name &&
    JSON.stringify(image.args) === JSON.stringify(template.args) &&
    image.release === release &&
    image.arch === arch &&
    image.network === network.mode
  return (await listImages(removal)).filter(same).flatMap((image) => {
    const differs = fit(image)
    if (differs === undefined) return []
    const [then, there] = differs
    return `image ${image.name} was built on ${then} and does not fit ${there}: it is built again; "pnpm bench images remove ${image.name}" removes the old one`
  })
}

/** All of them, finished ones only. */
export async function listImages(removal: Removal): Promise<readonly Image[]> {
  const { host, home } = removal
  const { stdout, status } = await host.run(['ls', home.jails], { accept: 'any' })
  const names = status === 0 ? stdout.split('\n').filter(isImageJail) : []
  const images = await Promise.all(names.map((name) => readImage(removal, name)))
  return images.filter((image) => image !== undefined)
}

/** Our prefix is removed with the last image. */
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
