/**
 * What nodes are made of. `image`: an official Node.js image, with nats-server taken out of the official NATS image.
 * `thin`: an empty image with this machine's own programs mounted read-only, for machines that cannot pull images;
 * the container's counterpart of a thin jail.
 */
import { existsSync } from 'node:fs'
import process from 'node:process'
import { Readable } from 'node:stream'
import { patiently } from '../../host/patience.ts'
import { BenchError } from '../../model/error.ts'
import type { Journal } from '../../model/journal.ts'
import { emptyArchive } from './archive.ts'
import { ask, askMaybe, reason, statusOf, type Docker, type Engine } from './engine.ts'
import { kinds, labels, thinImageName } from './names.ts'

/** Pinned; another is chosen with `--image` and `--set serverImage=...`. Needs Node.js >= 22.18 and a POSIX shell. */
const defaultImage = 'node:24.21.0-slim'

export interface NodeImage {
  readonly mode: 'thin' | 'image'
  /** What a container is created from. */
  readonly reference: string
  /** Node.js program in the node. */
  readonly node: string
  readonly environment: readonly string[]
  /** Bind mounts as the engine takes them, `source:target:ro`. */
  readonly mounts: readonly string[]
  readonly facts: Readonly<Record<string, string>>
}

/** How a pull is told of and ended. */
export interface Pulling {
  readonly say: (line: string) => void
  /** Ends a pull. */
  readonly signal?: AbortSignal | undefined
}

export interface ImageRequest extends Pulling {
  readonly engine: Engine
  readonly run: string
  readonly tag: string
  /** Setting `image`: a reference, `thin`, or nothing. */
  readonly wanted: string | undefined
  /** Host name of the machine we run on, where that is known. */
  readonly hostname: string | undefined
}

const pullMs = 120_000
const nodeInThin = '/opt/bench/node'

/** Chooses, pulls or makes the image. Throws BenchError `unavailable` with what was tried. */
export async function nodeImage(request: ImageRequest, journal: Journal): Promise<NodeImage> {
  const { wanted, say } = request
  if (wanted === 'thin') {
    const because = thinImpossible(request)
    if (because !== undefined) throw new BenchError('unavailable', because, { hint: 'use --image with an image' })
    return thinImage(request, journal)
  }
  if (wanted !== undefined) return officialImage(request, wanted)
  try {
    return await officialImage(request, defaultImage)
  } catch (error) {
    if (!(error instanceof BenchError) || error.code !== 'unavailable') throw error
    const because = thinImpossible(request)
    if (because !== undefined) {
      throw new BenchError('unavailable', error.message, {
        cause: error,
        lines: [because],
        hint: pullHint(defaultImage),
      })
    }
    say(`containers: ${defaultImage} cannot be had, so nodes are thin: this machine's own programs, mounted read-only`)
    return thinImage(request, journal)
  }
}

/** Makes sure that the engine has the image. Throws BenchError `unavailable`, or `interrupted` when the signal ends the pull. */
export async function pulled(
  docker: Docker,
  reference: string,
  { say, signal }: Pulling,
): Promise<{ readonly digest: string }> {
  const look = () => askMaybe(`image ${reference} must be inspected`, docker.getImage(reference).inspect())
  let found = await look()
  if (found === undefined) {
    await patiently(say, `pull of image ${reference}`, () => pull(docker, reference, signal))
    found = await look()
  }
  if (found === undefined) throw missing(reference, 'the engine still has none after pulling it')
  return { digest: found.RepoDigests?.[0] ?? found.Id }
}

/** Pulls an image. An engine stops a pull when the client closes the connection, which is done at the signal. */
async function pull(docker: Docker, reference: string, signal: AbortSignal | undefined): Promise<void> {
  const ended = new BenchError('interrupted', `image ${reference} was being pulled`)
  if (signal?.aborted === true) throw ended
  const leave = new AbortController()
  const left = new Promise<never>((_, reject) => leave.signal.addEventListener('abort', () => reject(ended)))
  const onStop = (): void => leave.abort()
  signal?.addEventListener('abort', onStop, { once: true })
  try {
    await Promise.race([left, pullWhole(docker, reference, leave.signal)])
  } finally {
    signal?.removeEventListener('abort', onStop)
  }
}

async function pullWhole(docker: Docker, reference: string, leave: AbortSignal): Promise<void> {
  try {
    const stream = await ask(`image ${reference} must be pulled`, docker.pull(reference), pullMs)
    const done = new Promise<void>((resolve, reject) => {
      leave.addEventListener('abort', () => stream instanceof Readable && stream.destroy(), { once: true })
      docker.modem.followProgress(stream, (error) => (error === null ? resolve() : reject(error)))
    })
    await ask(`image ${reference} must be pulled`, done, pullMs)
  } catch (error) {
    throw missing(reference, reason(error instanceof BenchError ? (error.cause ?? error) : error), error)
  }
}

function missing(reference: string, because: string, cause?: unknown): BenchError {
  return new BenchError('unavailable', `image ${reference} must be there or be pulled, got "${because}"`, {
    hint: pullHint(reference),
    ...(cause === undefined ? {} : { cause }),
  })
}

function pullHint(reference: string): string {
  return `run "docker pull ${reference}" where there is a network, or use --image thin on Linux`
}

async function officialImage(request: ImageRequest, reference: string): Promise<NodeImage> {
  const { digest } = await pulled(request.engine.docker, reference, request)
  return {
    mode: 'image',
    reference,
    node: 'node',
    environment: [],
    mounts: [],
    facts: { mode: 'image', image: reference, digest },
  }
}

function thinImpossible({ engine, hostname }: ImageRequest): string | undefined {
  if (engine.os !== 'linux' || !existsSync('/bin/sh') || !existsSync('/usr')) {
    return `thin nodes must be made from a Linux machine's own programs, got an engine for ${engine.os}`
  }
  if (hostname !== engine.machine) {
    return `thin nodes must run on the machine of the engine, got ${hostname ?? 'a machine without a name'} and ${engine.machine}`
  }
  return undefined
}

async function thinImage(request: ImageRequest, journal: Journal): Promise<NodeImage> {
  const { engine, run, tag } = request
  const name = thinImageName(tag)
  const entry = await journal.will(kinds.image, name, { run })
  const [repo, version] = name.split(':') as [string, string]
  try {
    await ask(
      `thin image ${name} must be made`,
      engine.docker
        .importImage(Readable.from([emptyArchive()]), { repo, tag: version, changes: `LABEL ${labels.image}=${run}` })
        .then((stream) => drained(stream)),
    )
  } catch (error) {
    if (statusOf(error) !== undefined) await journal.gone(entry)
    throw error
  }
  // /etc/ssl/certs only: the private keys in /etc/ssl/private must not be shared.
  const shared = ['/usr', '/bin', '/sbin', '/lib', '/lib64', '/etc/ssl/certs'].filter((path) => existsSync(path))
  return {
    mode: 'thin',
    reference: name,
    node: nodeInThin,
    environment: ['PATH=/opt/bench:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
    mounts: [...shared.map((path) => `${path}:${path}:ro`), `${process.execPath}:${nodeInThin}:ro`],
    facts: { mode: 'thin', image: 'empty', mounted: shared.join(' ') },
  }
}

function drained(stream: NodeJS.ReadableStream): Promise<void> {
  return new Promise((resolve, reject) => {
    let answer = ''
    stream.on('data', (chunk: Buffer) => {
      answer += chunk.toString('utf8')
    })
    stream.once('end', () => {
      if (answer.includes('"error"')) reject(new Error(answer.trim()))
      else resolve()
    })
    stream.once('error', reject)
  })
}
