/** The container engine: found by testcontainers' own rules, spoken to through its dockerode client. */
import type { ContainerRuntimeClient, getContainerRuntimeClient } from 'testcontainers'
import { within } from '../../host/child.ts'
import { BenchError, reasonOf } from '../../model/error.ts'
import type { Capability } from '../../model/plan.ts'

export type Docker = ContainerRuntimeClient['container']['dockerode']
export type Container = ReturnType<Docker['getContainer']>

export interface Engine {
  readonly docker: Docker
  /** `docker 20.10.24` or `podman 5.4.0`. */
  readonly version: string
  /** Host name of the machine the engine makes containers on. */
  readonly machine: string
  readonly os: string
  readonly storage: string
  readonly cgroup: string
  /** Limits that the engine accepts but ignores, because its kernel lacks them: the capability, and a sentence for people. */
  readonly dropped: ReadonlyMap<Capability, string>
}

/** By the field of `docker info` that is false where the limit is missing (Raspberry Pi OS starts without the memory cgroup). */
const limitFields: Readonly<Record<string, readonly [Capability, string]>> = {
  MemoryLimit: [
    'memory',
    "memory limits: the engine has none (cgroup_enable=memory cgroup_memory=1 on the kernel's command line)",
  ],
  CPUSet: ['cpus', 'CPU sets: the engine has none (the cpuset cgroup of its kernel is missing)'],
}

export function droppedLimits(info: Readonly<Record<string, unknown>>): ReadonlyMap<Capability, string> {
  return new Map(Object.entries(limitFields).flatMap(([field, limit]) => (info[field] === false ? [limit] : [])))
}

/** What is wrong with DOCKER_HOST, undefined when nothing is. testcontainers would ignore a wrong value without a message. */
export function dockerHostProblem(value: string | undefined): string | undefined {
  if (value === undefined || value === '' || /^[a-z]+:\/\//.test(value)) return undefined
  return `DOCKER_HOST must begin with a scheme such as unix:// or tcp://, got "${value}"`
}

/** What to do where no engine answers. A path behind two slashes is read as the name of a machine; nobody reads "~" there. */
export function engineHint(value: string | undefined): string {
  if (value === undefined || value === '') return 'start Docker or Podman, or set DOCKER_HOST'
  const path = /^unix:\/\/(?!\/)(.*)$/.exec(value)?.[1]
  const whole = path === '' || path?.startsWith('~') === true ? 'var/run/docker.sock, the path in full' : path
  const change = whole === undefined ? '' : ` to unix:///${whole}`
  return `DOCKER_HOST is "${value}", where none answers: start the engine there, or set it again${change}`
}

const askMs = 30_000

/** Throws BenchError `unavailable` when there is no engine that answers. */
export async function findEngine(env: Readonly<Record<string, string | undefined>>): Promise<Engine> {
  const wrong = dockerHostProblem(env['DOCKER_HOST'])
  if (wrong !== undefined) {
    throw new BenchError('unavailable', wrong, { hint: 'set it again, for example to unix:///var/run/docker.sock' })
  }
  const find = await loadFinder()
  let docker: Docker
  try {
    docker = (await ask('container engine must be found', find())).container.dockerode
  } catch (error) {
    const said = reason(error instanceof BenchError ? (error.cause ?? error) : error)
    throw new BenchError('unavailable', `a container engine must answer, got "${said}"`, {
      hint: `${engineHint(env['DOCKER_HOST'])}; without one use --on process, or --on bastille on FreeBSD`,
      cause: error,
    })
  }
  // Some engines leave fields out, although the client's types say that they are always there.
  const info = (await ask('engine must say what it is', docker.info())) as Readonly<Record<string, unknown>>
  const text = (key: string): string => (typeof info[key] === 'string' ? info[key] : 'unknown')
  return {
    docker,
    version: text('ServerVersion'),
    machine: text('Name'),
    os: text('OSType'),
    storage: text('Driver'),
    cgroup: text('CgroupVersion') === 'unknown' ? '1' : text('CgroupVersion'),
    dropped: droppedLimits(info),
  }
}

async function loadFinder(): Promise<typeof getContainerRuntimeClient> {
  try {
    return (await import('testcontainers')).getContainerRuntimeClient
  } catch (error) {
    throw new BenchError('unavailable', `package testcontainers must be installed, got "${reason(error)}"`, {
      hint: 'run "pnpm install" without --no-optional, or use --on process',
      cause: error,
    })
  }
}

/** One request to the engine, with a time limit; `what` is `<thing> must <do>`. Throws BenchError `os` with the engine's answer. */
export async function ask<T>(what: string, answer: Promise<T>, ms: number = askMs): Promise<T> {
  const settled = answer.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  const first = await within<{ value: T } | { error: unknown }>(settled, ms)
  if (first === undefined) throw new BenchError('os', `${what} within ${ms / 1000} s, the engine did not answer`)
  if ('value' in first) return first.value
  throw new BenchError('os', `${what}, got "${reason(first.error)}"`, { cause: first.error })
}

/** Like `ask`; undefined when the engine answers that there is no such thing. */
export async function askMaybe<T>(what: string, answer: Promise<T>): Promise<T | undefined> {
  const some = answer.catch((error: unknown) => {
    if (statusOf(error) === 404) return undefined
    throw error
  })
  return ask(what, some)
}

/** HTTP status of an engine's refusal, also of one that `ask` has wrapped. */
export function statusOf(error: unknown): number | undefined {
  if (error instanceof BenchError) return statusOf(error.cause)
  if (!(error instanceof Error) || !('statusCode' in error)) return undefined
  return typeof error.statusCode === 'number' ? error.statusCode : undefined
}

/** The engine's own message, without the words that the client adds before it. */
export function reason(error: unknown): string {
  if (error instanceof BenchError) return error.message
  return reasonOf(error)
    .replace(/^\(HTTP code \d+\) [^-]* - /, '')
    .trim()
}
