/** One container as a node: its own program only waits; other programs are started by exec. */
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import type { Journal, JournalEntry } from '../../model/journal.ts'
import { storeFolder } from '../../model/node-names.ts'
import type { NodePlan, ServerChoice } from '../../model/plan.ts'
import { filler, scriptIn } from '../filler.ts'
import { nodeAt } from '../place.ts'
import type { Breakable, Fillable, LiveNode, Pausable } from '../substrate.ts'
import { pack } from './archive.ts'
import { growing, openControl, type Control, type Reading } from './control.ts'
import { containerNetwork } from './bad-network.ts'
import { ask, statusOf, type Container, type Engine } from './engine.ts'
import type { NodeImage } from './image.ts'
import { containerName, kinds, labels } from './names.ts'
import { startProgram } from './program.ts'
import { removeContainer } from './sweep.ts'

/** Folder of our files in every node. */
const nodeDirectory = '/bench'
const store = `${nodeDirectory}/${storeFolder}`

/** The first program of a container: it waits for orphaned processes that end, and ends at once after SIGTERM. */
const idle = ['/bin/sh', '-c', 'trap "exit 0" TERM; while :; do sleep 86400 & wait $!; done']

export interface NodeRequest {
  readonly engine: Engine
  /** The host that the engine is on. */
  readonly host: Host
  readonly image: NodeImage
  readonly run: string
  readonly tag: string
  readonly network: string
  readonly plan: NodePlan
  readonly journal: Journal
  readonly signal: AbortSignal
  /** Brings a nats-server into the node. */
  readonly bring: (choice: ServerChoice, node: ContainerNode) => ReturnType<LiveNode['server']>
  /** Called when the node is gone. */
  readonly onGone: () => Promise<void>
}

/** `program` puts one executable file into the node → its path there. */
export interface ContainerNode extends LiveNode, Pausable, Breakable, Partial<Fillable> {
  readonly clockOffset: string
  program(name: string, content: Uint8Array): Promise<string>
}

/** Written to the journal first; after a failure a half made container is removed before the error is thrown. */
export async function makeNode(request: NodeRequest): Promise<ContainerNode> {
  const { plan, run, journal, signal } = request
  const name = containerName(request.tag, plan.name)
  const entry = await journal.will(kinds.container, name, { run, node: plan.name })
  try {
    const container = await createContainer(request, name)
    await journal.did(entry, { id: container.id })
    signal.throwIfAborted()
    await ask(`container ${name} must start`, container.start())
    signal.throwIfAborted()
    const control = await openControl(container, plan.name)
    return await liveNode(request, entry, container, control)
  } catch (error) {
    await undo(request, entry)
    if (signal.aborted) throw new BenchError('interrupted', `node ${plan.name} was being made`, { cause: error })
    if (statusOf(error) === 409) {
      throw new BenchError('cannot-create', `container ${name} must be new, got one of that name that is not ours`, {
        cause: error,
        hint: 'run again: every run takes names of its own',
      })
    }
    throw error
  }
}

async function createContainer(request: NodeRequest, name: string): Promise<Container> {
  const { engine, image, plan, network, run } = request
  return ask(
    `container ${name} must be made`,
    engine.docker.createContainer({
      name,
      Image: image.reference,
      Hostname: plan.name,
      Entrypoint: idle,
      Cmd: [],
      Env: [...image.environment],
      WorkingDir: nodeDirectory,
      Labels: { [labels.run]: run, [labels.node]: plan.name },
      NetworkingConfig: {
        EndpointsConfig: { [network]: { IPAMConfig: { IPv4Address: plan.endpoint.address }, Aliases: [plan.name] } },
      },
      HostConfig: {
        NetworkMode: network,
        Binds: [...image.mounts],
        // The programs run as root but need none of its capabilities.
        CapDrop: ['ALL'],
        SecurityOpt: ['no-new-privileges'],
        Tmpfs: { '/tmp': 'rw,nosuid,nodev,size=64m,mode=1777', ...diskOf(plan) },
        LogConfig: { Type: 'none', Config: {} },
        ...(plan.cpus === undefined ? {} : { CpusetCpus: plan.cpus.join(',') }),
        ...(plan.memoryBytes === undefined ? {} : { Memory: plan.memoryBytes, MemorySwap: plan.memoryBytes }),
      },
    }),
  )
}

/** A disk in memory (tmpfs), because a container cannot mount anything itself. What is on it counts against a memory limit. */
function diskOf({ diskBytes }: NodePlan): Readonly<Record<string, string>> {
  return diskBytes === undefined ? {} : { [store]: `rw,nosuid,nodev,size=${diskBytes},mode=700` }
}

/** Removes the container after a failure. Where that fails too, the journal entry stays open for the sweep. */
async function undo(request: NodeRequest, entry: JournalEntry): Promise<void> {
  try {
    await removeContainer(request.engine, entry.name, request.run)
  } catch {
    return
  }
  await request.journal.gone(entry)
}

async function liveNode(
  request: NodeRequest,
  entry: JournalEntry,
  container: Container,
  control: Control,
): Promise<ContainerNode> {
  const { engine, image, plan, run } = request
  let last: Reading = await control.read()
  let paused = false
  const read = async (): Promise<Reading> => {
    // A paused node cannot answer, and uses nothing meanwhile.
    if (!paused) last = growing(last, await control.read())
    return last
  }
  const whyKilled = async (): Promise<string | undefined> => {
    const before = last.outOfMemoryKills
    const now = await read()
    if (now.outOfMemoryKills <= before) return undefined
    const limit = plan.memoryBytes === undefined ? 'of this machine' : `of ${plan.memoryBytes} bytes`
    return `out of memory: the kernel killed it, node ${plan.name} reached the limit ${limit}`
  }
  const put = async (archive: Buffer): Promise<void> => {
    await ask(`files must be put into ${plan.name}`, container.putArchive(archive, { path: '/' }))
  }
  const { left, ...network } = containerNetwork(request, container)
  const { left: emptied, ...room } = filler({
    node: plan.name,
    run,
    journal: request.journal,
    path: store,
    script: scriptIn((command, options) => node.spawn(command, options)),
  })
  const node: ContainerNode = {
    ...network,
    ...(plan.diskBytes === undefined ? {} : room),
    ...nodeAt({
      name: plan.name,
      host: request.host.name,
      directory: nodeDirectory,
      node: image.node,
      server: (choice) => request.bring(choice, node),
      write: (files, directory) => put(pack(files, directory)),
      start: (command, options) => startProgram({ container, control, node: plan.name, whyKilled }, command, options),
      usage: async () => {
        const { cpuUserMicros, cpuSystemMicros, memoryBytes } = await read()
        return { cpuUserMicros, cpuSystemMicros, memoryBytes }
      },
      pause: async () => {
        await read()
        paused = true
        await ask(`node ${plan.name} must be paused`, container.pause())
      },
      resume: async () => {
        await ask(`node ${plan.name} must be resumed`, container.unpause())
        paused = false
      },
      remove: async () => {
        control.close()
        await removeContainer(engine, entry.name, run)
        await request.journal.gone(entry)
        await left()
        await emptied()
        await request.onGone()
      },
    }),
    clockOffset: last.clockOffset,
    program: async (name, content) => {
      await put(pack({ [name]: content }, `${nodeDirectory}/bin`, true))
      return `${nodeDirectory}/bin/${name}`
    },
  }
  return node
}
