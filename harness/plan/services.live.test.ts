import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { scenarioSchema } from '../model/scenario.ts'
import type { ScenarioInput } from '../model/scenario.ts'
import { expandScenario } from '../scenario/expand.ts'
import { makePlan } from './plan.ts'

const program = process.env['NATS_SERVER'] ?? 'nats-server'
const answered = spawnSync(program, ['--version'], { encoding: 'utf8', timeout: 20_000 })
const missing = answered.status !== 0
const folder = mkdtempSync(join(tmpdir(), 'configuration-'))
afterAll(() => rmSync(folder, { recursive: true }))

const servers: Readonly<Record<string, NonNullable<ScenarioInput['topology'][string]>>> = {
  plain: { role: 'server' },
  cluster: { role: 'server', count: 3 },
  jetstream: { role: 'server', server: { jetstream: true } },
  settings: {
    role: 'server',
    server: {
      settings: {
        max_payload: 8_388_608,
        max_pending: '64MB',
        write_deadline: '10s',
        ping_interval: '30s',
        max_connections: 100,
        debug: false,
        no_fast_producer_stall: true,
      },
    },
  },
}

function configurations(name: string): readonly string[] {
  const scenario = scenarioSchema.parse({
    name,
    about: 'A configuration that a server must accept.',
    topology: { hub: servers[name], send: { role: 'load' } },
    workloads: [
      {
        kind: 'publish',
        name: 'pub',
        on: 'send',
        to: 'hub',
        subject: 'a',
        payload: { bytes: 16 },
        arrivals: { kind: 'flood' },
      },
    ],
  } satisfies Record<keyof ScenarioInput & ('name' | 'about' | 'topology' | 'workloads'), unknown>)
  const plan = makePlan({
    expanded: expandScenario(scenario),
    substrate: {
      name: 'memory',
      capabilities: new Set(),
      endpoint: (index) => ({
        address: '127.0.0.1',
        ports: { client: 31_000 + index, monitor: 31_100 + index, cluster: 31_200 + index, floor: 31_300 + index },
      }),
    },
    why: '',
    command: '',
    harness: '',
    host: '',
  })
  return plan.variants.flatMap(({ services }) => services.map(({ config }) => config))
}

// `nats-server -t` reads a configuration, says whether it is good, and listens nowhere.
describe.skipIf(missing)(`nats-server (skipped where neither NATS_SERVER nor PATH has one)`, () => {
  it.each(Object.keys(servers))('accepts the configuration of a %s server', (name) => {
    for (const [index, config] of configurations(name).entries()) {
      const file = join(folder, `${name}-${index}.conf`)
      writeFileSync(file, config.replaceAll('{{token}}', '0123456789abcdef').replaceAll('{{directory}}', folder))
      const checked = spawnSync(program, ['-t', '-c', file], { encoding: 'utf8', timeout: 20_000 })
      expect(checked.stderr).toContain('is valid')
      expect(checked.status).toBe(0)
    }
  })
})
