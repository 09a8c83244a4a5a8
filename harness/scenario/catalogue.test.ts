import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Capability } from '../model/plan.ts'
import { substrates } from '../model/substrates.ts'
import { makePlan } from '../plan/plan.ts'
import { describe as described } from '../plan/describe.ts'
import { catalogue, findScenarios, scenarioFolders } from './catalogue.ts'
import { loadScenario } from './load.ts'

const root = join(import.meta.dirname, '../..')
const files = await findScenarios(['scenarios'], root, root)

const entries = await catalogue(join(root, 'scenarios'))
const secondsOf = (path: string) => entries.find(({ file }) => file === path)?.seconds ?? 0

describe('the catalogue', () => {
  it.concurrent.each(files.map((file) => [basename(file), file]))(
    '%s loads, bears its name, and can be planned',
    async (name, file) => {
      const expanded = await loadScenario(file)
      const { scenario } = expanded
      expect(`${scenario.name}.ts`).toBe(name)
      const plan = makePlan({
        expanded,
        substrate: {
          name: 'memory',
          capabilities: new Set<Capability>(Object.values(substrates).flatMap(({ can }) => can)),
          endpoint: (index) => ({
            address: `10.0.0.${index + 1}`,
            ports: { client: 4222, monitor: 8222, cluster: 6222, floor: 7000 },
          }),
        },
        why: 'a test asked for it',
        command: `bench run ${scenario.name}`,
        harness: '0.0.0',
        host: 'local',
      })
      expect(plan.blocks.length).toBeGreaterThan(0)
      expect(plan.expectedMs / 1000).toBeCloseTo(secondsOf(file), 6)
      expect(described(plan)).toContain(scenario.about)
    },
  )

  it('tells of each scenario how large and how long it is', () => {
    expect(entries.find(({ name }) => name === 'many-to-many')).toMatchObject({ nodes: 9, blocks: 3 })
    expect(entries.find(({ name }) => name === 'payload-sizes')).toMatchObject({ nodes: 3, blocks: 4 })
  })

  it('has a starter suite of the eight patterns that ends within two minutes', () => {
    const first = entries.filter(({ file }) => dirname(file).endsWith('first'))
    expect(first.map(({ name }) => name)).toEqual([
      'fan-in',
      'fan-out',
      'latency',
      'many-to-many',
      'one-to-one',
      'payload-sizes',
      'queue-group',
      'request-reply',
    ])
    expect(first.reduce((sum, { seconds }) => sum + seconds, 0)).toBeLessThan(120)
  })
})

describe('finding scenarios', () => {
  let folder = ''
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'catalogue-'))
    await mkdir(join(folder, 'mine'))
    await mkdir(join(folder, 'empty'))
    await writeFile(join(folder, 'mine/b.json'), '{}')
    await writeFile(join(folder, 'mine/a.ts'), 'export default {}')
    await writeFile(join(folder, 'mine/a.test.ts'), 'export default {}')
    for (const other of ['notes.md', 'tsconfig.json', 'tsconfig.build.json', 'package.json'])
      await writeFile(join(folder, 'mine', other), '{}')
  })
  afterAll(() => rm(folder, { recursive: true }))
  const found = async (...words: string[]) => await findScenarios(words, folder, root)
  const refused = async (word: string) => {
    const error: unknown = await found(word).catch((thrown: unknown) => thrown)
    if (error instanceof BenchError) return error
    throw new Error(`${word} was found`)
  }

  it('takes a name of the catalogue, with or without its folder', async () => {
    const expected = [join(root, 'scenarios/first/fan-out.ts')]
    expect(await found('fan-out')).toEqual(expected)
    expect(await found('first/fan-out')).toEqual(expected)
  })

  it('takes files and folders of the working directory, scenarios only, in order', async () => {
    expect(await found('mine')).toEqual([join(folder, 'mine/a.ts'), join(folder, 'mine/b.json')])
    expect(await found('mine/b.json', 'mine')).toEqual([join(folder, 'mine/b.json'), join(folder, 'mine/a.ts')])
  })

  it('takes no file of a folder that is hidden, of a tool, a test, or without a default export: running it could do anything', async () => {
    const root = join(folder, '.project')
    for (const inner of ['.git', 'node_modules/x', 'deep']) await mkdir(join(root, inner), { recursive: true })
    const others = ['.git/hook.js', '.eslintrc.js', 'node_modules/x/index.js', 'vite.config.ts', 'a.spec.ts']
    for (const name of [...others, 'deep/a.ts']) await writeFile(join(root, name), 'export default {}')
    await writeFile(join(root, 'helper.ts'), 'export const rate = 5')
    expect(await found('.project')).toEqual([join(root, 'deep/a.ts')])
    expect(await found('.project/vite.config.ts')).toEqual([join(root, 'vite.config.ts')])
  })

  it('knows the scenarios of the project that one is in by their names, before ours', async () => {
    const project = join(folder, 'project')
    await mkdir(join(project, 'scenarios/own'), { recursive: true })
    await writeFile(join(project, 'scenarios/own/mine.ts'), 'export default {}')
    await writeFile(join(project, 'scenarios/fan-out.ts'), 'export default {}')
    expect(await findScenarios(['mine', 'own/mine'], project, root)).toEqual([join(project, 'scenarios/own/mine.ts')])
    expect(await findScenarios(['fan-out'], project, root)).toEqual([join(project, 'scenarios/fan-out.ts')])
    expect(await findScenarios(['latency'], project, root)).toEqual([join(root, 'scenarios/first/latency.ts')])
    expect(await scenarioFolders(project, root)).toEqual([join(project, 'scenarios'), join(root, 'scenarios')])
    expect(await scenarioFolders(root, root)).toEqual([join(root, 'scenarios')])
  })

  it('takes folders of the package from anywhere', async () => {
    expect(await found('scenarios/first')).toHaveLength(8)
    expect(await found('first')).toHaveLength(8)
  })

  it('leaves out tests that a pattern of the shell brought along, and says of one alone what it is', async () => {
    expect(await found('mine/a.test.ts', 'mine/a.ts', 'mine/b.json')).toHaveLength(2)
    const error = await refused('mine/a.test.ts')
    expect(error.code).toBe('usage')
    expect(error.message).toMatch(/must be a scenario, got \S+a\.test\.ts, which is a test$/)
  })

  it('offers the nearest name for an unknown one', async () => {
    const error = await refused('fan-uot')
    expect(error.exitStatus).toBe(66)
    expect(error.message).toBe(
      'scenario must be a file, a folder or a known name, got "fan-uot" (did you mean "fan-out"?)',
    )
    expect((await refused('many')).message).toContain('(did you mean "many-to-many"?)')
  })

  it('does not take an empty word for the folder where the command was called', async () => {
    const error = await refused('')
    expect([error.code, error.message]).toEqual([
      'usage',
      'scenario must be a file, a folder or a known name, got an empty word',
    ])
  })

  it('refuses a folder without a scenario', async () => {
    expect((await refused('empty')).message).toContain('folder must hold a scenario')
  })

  it('prints names with control characters safely', async () => {
    expect((await refused('\u001b[2J')).message).toContain('\\u001b[2J')
  })
})
