/** The walls of the house, executable: who may import whom, which packages where, how large a file may be. */
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const house = import.meta.dirname

interface Wall {
  readonly rooms: readonly string[]
  /** Rooms from which types may be imported and nothing else. */
  readonly typesOf?: readonly string[]
  readonly packages?: readonly string[]
  /** Packages that must be imported lazily, with `await import(...)`. */
  readonly lazy?: readonly string[]
}

const walls: Readonly<Record<string, Wall>> = {
  model: { rooms: [], packages: ['zod'] },
  agent: { rooms: [], typesOf: ['model'], lazy: ['nats', '@nats-io/jetstream', '@nats-io/kv', '@nats-io/obj'] },
  scenario: { rooms: ['model'], packages: ['zod'] },
  store: { rooms: ['model'], packages: ['zod'] },
  host: { rooms: ['model'], packages: ['execa'] },
  server: { rooms: ['model', 'host'] },
  substrate: { rooms: ['model', 'host', 'server'], packages: ['zod'], lazy: ['testcontainers'] },
  plan: { rooms: ['model'], typesOf: ['substrate'] },
  lab: { rooms: ['model', 'substrate', 'host'], packages: ['zod'], lazy: ['@rollup/wasm-node'] },
  stats: { rooms: ['model', 'agent'] },
  report: { rooms: ['model', 'stats', 'agent'], packages: ['string-width'], lazy: ['echarts'] },
  verdict: { rooms: ['model', 'stats'] },
  micro: { rooms: ['model', 'agent', 'stats', 'plan', 'store', 'host', 'server', 'lab'], packages: ['tinybench'] },
  commands: {
    rooms: [
      'model',
      'scenario',
      'plan',
      'host',
      'server',
      'substrate',
      'lab',
      'store',
      'stats',
      'report',
      'verdict',
      'keep',
    ],
    packages: ['commander'],
  },
  keep: { rooms: ['model', 'host', 'lab'], packages: ['zod'] },
  testing: {
    rooms: ['model', 'agent', 'host', 'server', 'lab', 'substrate', 'scenario', 'stats', 'store', 'verdict'],
    packages: ['vitest', 'zod'],
    lazy: ['nats', '@nats-io/jetstream', '@nats-io/kv'],
  },
}

/** Files that stand in the hall, beside the rooms. */
const hall: Readonly<Record<string, Wall>> = {
  'main.ts': { rooms: ['model'] },
  'version.ts': { rooms: [] },
  'cli.ts': { rooms: ['model', 'commands'], packages: ['commander'] },
  'run.ts': { rooms: Object.keys(walls).filter((room) => room !== 'micro' && room !== 'commands') },
  'choices.ts': { rooms: ['model', 'plan'] },
  'session.ts': { rooms: ['model', 'host', 'lab', 'store', 'substrate'] },
  'ground.ts': { rooms: ['model', 'host', 'lab', 'store', 'substrate'] },
  'testing.ts': { rooms: ['testing'] },
}

interface Import {
  readonly from: string
  readonly types: boolean
  readonly lazy: boolean
}

function importsOf(text: string): Import[] {
  const fixed = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'"]*?\sfrom\s+['"]([^'"]+)['"]/gm)]
  const bare = [...text.matchAll(/^import\s+['"]([^'"]+)['"]/gm)]
  const lazy = [...text.matchAll(/\bimport\(\s*['"]([^'"]+)['"]/g)]
  return [
    ...fixed.map((match) => ({ from: match[2] ?? '', types: match[1] !== undefined, lazy: false })),
    ...bare.map((match) => ({ from: match[1] ?? '', types: false, lazy: false })),
    ...lazy.map((match) => ({ from: match[1] ?? '', types: false, lazy: true })),
  ]
}

const files = readdirSync(house, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  .sort()

const nameOfPackage = (from: string) =>
  from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')

function trespasses(file: string): string[] {
  const room = file.includes('/') ? (file.split('/')[0] ?? '') : undefined
  const wall = room === undefined ? hall[file] : walls[room]
  if (wall === undefined) return [`${file} stands in no known room`]
  return importsOf(readFileSync(join(house, file), 'utf8')).flatMap((found) => {
    if (found.from.startsWith('node:')) return []
    if (!found.from.startsWith('.')) return packageTrespass(file, wall, found)
    const target = relative(house, resolve(house, dirname(file), found.from))
    if (target.startsWith('..')) return room === undefined ? [] : [`${file} leaves the house for ${found.from}`]
    if (!target.includes('/'))
      return ['version.ts', 'run.ts', 'session.ts', 'choices.ts'].includes(target) || room === undefined
        ? []
        : [`${file} imports ${target}`]
    const other = target.split('/')[0] ?? ''
    const allowed =
      other === room || wall.rooms.includes(other) || (found.types && (wall.typesOf ?? []).includes(other))
    return allowed ? [] : [`${file} imports ${found.types ? 'types of ' : ''}${target}`]
  })
}

function packageTrespass(file: string, wall: Wall, found: Import): string[] {
  const name = nameOfPackage(found.from)
  if ((wall.packages ?? []).includes(name) || found.types) return []
  if (found.lazy && (wall.lazy ?? []).includes(name)) return []
  return [`${file} imports package ${name}${found.lazy ? ' lazily' : ''}`]
}

describe('the house', () => {
  it.each(files)('%s imports only from rooms and packages its own room may use', (file) => {
    expect(trespasses(file)).toEqual([])
  })

  it('has no file of more than 250 lines', () => {
    const long = files
      .map((file) => [file, readFileSync(join(house, file), 'utf8').split('\n').length - 1] as const)
      .filter(([, lines]) => lines > 250)
    expect(long).toEqual([])
  })

  it('has no utils, common or types files and no barrels', () => {
    expect(files.filter((file) => /(^|\/)(utils?|common|types|helpers?|index|mod)\.ts$/.test(file))).toEqual([])
  })

  it('touches the process only in main.ts, in the agent and where tests begin', () => {
    const touching = files.filter((file) => {
      if (file === 'main.ts' || /^(agent|micro|testing)\//.test(file)) return false
      return /\bprocess\.(argv|env|exit|exitCode|stdout|stderr|stdin|on|once|platform|arch)\b/.test(
        readFileSync(join(house, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, ''),
      )
    })
    expect(touching).toEqual([])
  })

  it('gives no JSON that others wrote a type it was not checked for', () => {
    const trusting = files.filter((file) => /JSON\.parse\([^\n]*\) as\b/.test(readFileSync(join(house, file), 'utf8')))
    expect(trusting).toEqual([])
  })

  it('has no default export', () => {
    expect(files.filter((file) => /^export default/m.test(readFileSync(join(house, file), 'utf8')))).toEqual([])
  })
})
