/** The answers behind `bench doctor`: questions only, nothing is changed. */
import { constants } from 'node:fs'
import { access } from 'node:fs/promises'
import { interruptible } from '../host/interruptible.ts'
import { hostOf, workDirectory } from '../host/machine.ts'
import { count } from '../model/count.ts'
import type { DoctorLine } from '../model/doctor.ts'
import type { HostFacts } from '../model/facts.ts'
import { offeredSubstrates, type SubstrateName } from '../model/substrates.ts'
import type { World } from '../model/world.ts'
import { jailDoctor } from '../substrate/bastille/doctor.ts'
import { makeSubstrate } from '../substrate/choose.ts'
import type { SubstrateContext } from '../substrate/substrate.ts'

export interface Examination {
  readonly lines: readonly DoctorLine[]
  /** Substrates that work here. */
  readonly usable: readonly string[]
}

export async function examine(world: World, url: string | undefined): Promise<Examination> {
  const host = interruptible(hostOf(url, world.env), world.signal)
  try {
    const facts = await host.facts()
    const context: SubstrateContext = {
      host,
      facts,
      run: 'doctor',
      tag: 'doct',
      directory: workDirectory('doctor'),
      settings: {},
      env: world.env,
      signal: world.signal,
      say: () => undefined,
    }
    const substrates = await Promise.all(offeredSubstrates.map((name) => examineSubstrate(name, context)))
    const usable = substrates.filter((line) => line.state === 'ok').map((line) => line.about)
    const jails = facts.os === 'FreeBSD' ? await jailDoctor(host) : []
    return { lines: [...(await driverLines(world)), ...machineLines(facts), ...substrates, ...jails], usable }
  } finally {
    await host.close()
  }
}

async function examineSubstrate(name: SubstrateName, context: SubstrateContext): Promise<DoctorLine> {
  const substrate = await makeSubstrate(name, context)
  const why = await substrate.unsupported()
  if (why !== undefined) return { about: name, state: 'warn', because: why }
  const offers = `can make nodes; offers ${[...substrate.capabilities].sort().join(', ')}`
  return { about: name, state: 'ok', because: [offers, ...new Set(substrate.lacks?.values())].join('; ') }
}

async function driverLines(world: World): Promise<DoctorLine[]> {
  const writable = await access(world.cwd, constants.W_OK).then(
    () => true,
    () => false,
  )
  return [
    { about: 'node', state: 'ok', because: `${process.version} drives the harness` },
    writable
      ? { about: 'reports', state: 'ok', because: `${world.cwd} is writable` }
      : {
          about: 'reports',
          state: 'fail',
          because: `${world.cwd} is not writable`,
          fix: 'pnpm bench run --out <folder>',
        },
  ]
}

/** What makes numbers worse without stopping a run. */
function machineLines(facts: HostFacts): DoctorLine[] {
  const lines: DoctorLine[] = [
    {
      about: 'host',
      state: 'ok',
      because: `${facts.name}: ${facts.os} ${facts.kernel} ${facts.arch}, ${facts.cores ?? '?'} cores`,
    },
  ]
  const { cores, loadAverage, governor } = facts
  if (cores !== undefined && cores < 2) {
    lines.push({
      about: 'cores',
      state: 'warn',
      because: `${cores} core: server and load share it, throughput will be low`,
    })
  }
  if (cores !== undefined && loadAverage !== undefined && loadAverage > cores / 2) {
    lines.push({
      about: 'load',
      state: 'warn',
      because: `load average ${loadAverage} on ${count(cores, 'core')}: numbers will be noisy`,
    })
  }
  if (governor !== undefined && governor !== 'performance') {
    lines.push({
      about: 'governor',
      state: 'warn',
      because: `CPU frequency governor is ${governor}: the clock changes during a run`,
      fix: 'cpupower frequency-set -g performance',
    })
  }
  return lines
}
