/** Where a node's nats-server comes from: this machine, or the official image of that version. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { BenchError } from '../../model/error.ts'
import type { Journal } from '../../model/journal.ts'
import { pinnedVersion } from '../../model/pinned.ts'
import type { ServerChoice } from '../../model/plan.ts'
import { obtainServer } from '../../server/obtain.ts'
import { onceEach } from '../once.ts'
import type { LiveNode, SubstrateContext } from '../substrate.ts'
import { firstFile } from './archive.ts'
import { ask, askMaybe, type Container, type Engine } from './engine.ts'
import { pulled, type NodeImage, type Pulling } from './image.ts'
import { kinds, labels, shelfName } from './names.ts'
import { firstLine } from './node-version.ts'
import type { ContainerNode } from './node.ts'
import { removeContainer } from './sweep.ts'

type ServerOrigin = Awaited<ReturnType<LiveNode['server']>>

interface Program extends Omit<ServerOrigin, 'path' | 'version'> {
  /** Absent where only the program itself can say. */
  readonly version?: string
  readonly content: Uint8Array
}

export interface ServerShelf {
  bring(choice: ServerChoice, node: ContainerNode, image: NodeImage, journal: Journal): Promise<ServerOrigin>
  facts(): Readonly<Record<string, string>>
}

/** Paths in the official images: those without a base image, and those on Alpine. */
const placesInImage = ['/nats-server', '/usr/local/bin/nats-server']

/** Each choice is fetched once a run and then put into every node that asks for it. */
export function serverShelf(context: SubstrateContext, engine: () => Engine): ServerShelf {
  const programs = new Map<string, Promise<Program>>()
  const placed = new Map<string, Promise<ServerOrigin>>()
  const facts: Record<string, string> = {}
  const fetch = (choice: ServerChoice, image: NodeImage, journal: Journal): Promise<Program> =>
    image.mode === 'image' && choice.path === undefined
      ? fromImage(
          {
            engine: engine(),
            run: context.run,
            name: shelfName(context.tag, programs.size),
            journal,
            facts,
            say: context.say,
            signal: context.signal,
          },
          context.settings['serverImage'] ?? `nats:${choice.version ?? pinnedVersion}`,
        )
      : fromHost(choice, context)
  const place = async (program: Program, key: string, node: ContainerNode): Promise<ServerOrigin> => {
    const { content, ...origin } = program
    const path = await node.program(
      `nats-server-${createHash('sha256').update(key).digest('hex').slice(0, 8)}`,
      content,
    )
    const version = origin.version ?? (await versionOf(node, path))
    return { ...origin, version, path }
  }
  return {
    bring: async (choice, node, image, journal) => {
      const key = JSON.stringify([choice.path ?? '', choice.version ?? ''])
      const program = await onceEach(programs, key, () => fetch(choice, image, journal))
      return onceEach(placed, `${node.name} ${key}`, () => place(program, key, node))
    },
    facts: () => facts,
  }
}

async function fromHost(choice: ServerChoice, context: SubstrateContext): Promise<Program> {
  const { host, facts, env, signal, say } = context
  const ends = signal === undefined ? {} : { signal }
  const { path, ...origin } = await obtainServer(choice, { host, facts, env, say, ...ends })
  return { ...origin, content: await readFile(path, ends) }
}

interface Taking extends Pulling {
  readonly engine: Engine
  readonly run: string
  /** Name of the container that is made to take the file out. */
  readonly name: string
  readonly journal: Journal
  readonly facts: Record<string, string>
}

/** An engine gives files out of containers only: one is made, never started, and removed again before this returns. */
async function fromImage(taking: Taking, reference: string): Promise<Program> {
  const { engine, run, name, journal, facts } = taking
  const { digest } = await pulled(engine.docker, reference, taking)
  facts['serverImage'] = reference
  facts['serverDigest'] = digest
  const entry = await journal.will(kinds.container, name, { run })
  try {
    const container = await ask(
      `container for ${reference} must be made`,
      engine.docker.createContainer({
        name,
        Image: reference,
        Cmd: ['/nats-server'],
        NetworkDisabled: true,
        Labels: { [labels.run]: run },
      }),
    )
    const content = await programIn(container, reference)
    return { origin: `image ${reference} ${digest}`, sha256: sha256(content), content }
  } finally {
    await removeContainer(engine, name, run)
    await journal.gone(entry)
  }
}

async function programIn(container: Container, reference: string): Promise<Uint8Array> {
  for (const place of placesInImage) {
    const archive = await askMaybe(`${place} must be taken out of ${reference}`, container.getArchive({ path: place }))
    const content = archive === undefined ? undefined : firstFile(await wholeOf(archive))
    if (content !== undefined) return content
  }
  throw new BenchError(
    'unavailable',
    `image ${reference} must hold nats-server, got none at ${placesInImage.join(', ')}`,
    { hint: 'choose another with --set serverImage=nats:2.15.2' },
  )
}

async function wholeOf(stream: NodeJS.ReadableStream): Promise<Buffer> {
  const parts: Buffer[] = []
  for await (const part of stream) parts.push(Buffer.from(part))
  return Buffer.concat(parts)
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

async function versionOf(node: ContainerNode, path: string): Promise<string> {
  const line = await firstLine(node, [path, '--version'])
  const match = /v(\d+\.\d+\.\d+\S*)/.exec(line)
  if (match === null) {
    throw new BenchError('unavailable', `nats-server must say its version, got ${JSON.stringify(line)}`)
  }
  return match[1] ?? ''
}
