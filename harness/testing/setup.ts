/** What a test's lab is made from: the same rules as for `bench run`, with choices from the environment. */
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { serverChoice, substrateNamed, type Choices } from '../choices.ts'
import { BenchError } from '../model/error.ts'
import type { SubstrateName } from '../model/plan.ts'
import type { Scenario } from '../model/scenario.ts'
import type { World } from '../model/world.ts'
import { checkScenario } from '../scenario/check.ts'
import { stateFolder } from '../store/state-folder.ts'
import type { LabSetup } from './lab.ts'

const interrupt = new AbortController()
// vitest passes Ctrl-C on to its workers; the labs are then removed as at the end of a run.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => interrupt.abort())

export function testWorld(): World {
  return {
    argv: [],
    env: process.env,
    cwd: process.cwd(),
    reports: resolve('reports'),
    out: (text) => void process.stdout.write(text),
    input: (signal) => createInterface({ input: process.stdin, signal }),
    err: (text) => void process.stderr.write(text),
    live: false,
    color: false,
    columns: 100,
    now: () => new Date(),
    signal: interrupt.signal,
    pid: process.pid,
    node: process.execPath,
  }
}

/** BENCH_ON, BENCH_HOST, NATS_SERVER; run folders go to BENCH_OUT, else to a folder of the user's own: a sweep ends what their journals name. */
export function choicesOfTest({ env, cwd }: World, on: SubstrateName | undefined): Choices {
  const host = env['BENCH_HOST'] ?? ''
  const server = env['NATS_SERVER'] ?? ''
  return {
    on: on ?? substrateNamed(env['BENCH_ON']),
    ...(host === '' ? {} : { host }),
    out: env['BENCH_OUT'] ?? join(stateFolder(env), 'tests'),
    settings: {},
    overrides: server === '' ? {} : { server: serverChoice(server, cwd, 'NATS_SERVER') },
    command: 'vitest',
  }
}

/** A topology alone becomes a scenario with a workload that is never run. Throws `scenario-invalid` with all problems. */
export function scenarioOfTest({ on: _on, ...setup }: LabSetup): Scenario {
  if ('workloads' in setup) return valid(setup)
  const groups = Object.entries(setup.topology)
  const named = (role: 'server' | 'load') => groups.find(([, group]) => group.role === role)?.[0]
  const to = named('server')
  const load = named('load')
  if (to === undefined) throw new BenchError('scenario-invalid', 'topology must have a node with role "server"')
  if (load === undefined) throw new BenchError('scenario-invalid', 'topology must have a node with role "load"')
  // A scenario must have a workload; `lab.run` replaces it.
  const workload = {
    kind: 'publish',
    name: 'none',
    on: load,
    to,
    subject: 'none',
    payload: { bytes: 16 },
    arrivals: { kind: 'flood' },
  }
  return valid({ name: 'test', about: 'A topology for tests.', ...setup, workloads: [workload] })
}

export function valid(input: unknown): Scenario {
  const checked = checkScenario(input)
  if (checked.ok) return checked.scenario
  throw new BenchError('scenario-invalid', 'the scenario of the test must be valid', {
    lines: checked.problems.map((problem) => `${problem.path} ${problem.message}`),
  })
}

/** The topology of a lab with workloads on it. */
export function withWorkloads({ about, topology, network, seed }: Scenario, more: object): Scenario {
  return valid({ about, topology, seed, ...(network === undefined ? {} : { network }), ...more })
}
