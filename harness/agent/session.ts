/** One agent's conversation with the runner: hello, assign, ready, start, samples, (finish), done. */
import { availableParallelism, hostname } from 'node:os'
import type { Command, Frame } from '../model/recording.ts'
import { Clock, clockFacts, monotonicNow } from './clock.ts'
import { asFailure, Failure } from './failure.ts'
import type { Work } from './job.ts'
import { prepare } from './jobs.ts'
import { mayWatch } from './pacing.ts'
import { Recorder } from './recorder.ts'

/** Of model/recording.ts; a copied agent has no model beside it. */
export const protocol = 2
export const agentVersion = '0.1.0'

export interface SessionWorld {
  /** BENCH_NODE, where it is set. */
  readonly node: string | undefined
  readonly emit: (frame: Frame) => void
  /** Called once, after the last frame. `stays`: another conversation follows in this process. */
  readonly over: (status: number, stays: boolean) => void
}

export interface Session {
  /** One line of stdin. */
  command(line: string): void
  fail(thrown: unknown): void
}

type Assign = Extract<Command, { t: 'assign' }>

export function startSession(world: SessionWorld): Session {
  let over = false
  let assign: Assign | undefined
  let work: Work | undefined
  let recorder: Recorder | undefined
  let started = false
  const finished = Promise.withResolvers<void>()

  const end = (frame: Frame, status: number): void => {
    if (over) return
    over = true
    world.emit(frame)
    work?.close()
    world.over(status, status === 0 && assign?.stays === true)
  }
  const fail = (thrown: unknown): void => {
    const { code, message } = asFailure(thrown)
    end({ t: 'failed', code, message }, 1)
  }
  const emit = (frame: Frame): void => {
    if (!over) world.emit(frame)
  }

  const handlers: { readonly [T in Command['t']]: (command: Extract<Command, { t: T }>) => Promise<void> | void } = {
    async assign(command) {
      if (assign !== undefined) throw new Failure('protocol', 'agent must be assigned once, got a second assignment')
      if (command.protocol !== protocol) {
        throw new Failure('protocol', `runner must speak protocol ${protocol}, got ${String(command.protocol)}`)
      }
      assign = command
      const { assignment, token } = command
      recorder = new Recorder(emit)
      const context = {
        assignment,
        token,
        phases: command.phases,
        mayWatch: mayWatch(command.pacedSenders ?? 1, availableParallelism()),
        recorder,
        emit,
        fail,
        finished: finished.promise,
      }
      work = await prepare(assignment.job, context)
      if (over) work.close()
      else emit({ t: 'ready', now: monotonicNow() })
    },
    async start({ at }) {
      if (work === undefined || recorder === undefined || assign === undefined) {
        throw new Failure('protocol', 'start must come after ready, got it before')
      }
      if (started || !/^\d{1,20}$/.test(at))
        throw new Failure('protocol', `start must come once with a time, got ${at}`)
      started = true
      const { job } = assign.assignment
      const clock = new Clock(BigInt(at))
      // The floor has a length of its own and no phases.
      recorder.begin(
        clock,
        job.kind === 'ping' ? { warmupMs: 0, measureMs: job.durationMs, cooldownMs: 0 } : assign.phases,
      )
      await work.run(clock)
      recorder.finish()
      const perConnection = work.perConnection?.()
      const each = perConnection === undefined ? {} : { perConnection: [...perConnection] }
      end({ t: 'done', counts: { ...recorder.tally }, perPublisher: work.perPublisher(), ...each }, 0)
    },
    finish() {
      finished.resolve()
    },
  }

  world.emit({
    t: 'hello',
    protocol,
    agent: agentVersion,
    node: world.node ?? hostname(),
    runtime: `node ${process.version} ${process.platform} ${process.arch}`,
    clock: clockFacts(),
  })
  return {
    fail,
    command(line) {
      if (over || line.trim() === '') return
      Promise.resolve()
        .then(() => {
          const command = parseCommand(line)
          const handle = Object.hasOwn(handlers, command.t)
            ? (handlers[command.t] as (command: Command) => Promise<void> | void)
            : undefined
          if (handle === undefined)
            throw new Failure('protocol', `command must be assign, start or finish, got ${String(command.t)}`)
          return handle(command)
        })
        .catch(fail)
    },
  }
}

function parseCommand(line: string): Command {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch {
    throw new Failure('protocol', `command must be a line of JSON, got ${JSON.stringify(line.slice(0, 60))}`)
  }
  if (typeof value !== 'object' || value === null || !('t' in value)) {
    throw new Failure('protocol', 'command must be an object with a field t')
  }
  return value as Command
}
