/** Lists the scenarios, and finds those that the words of a command line name. */
import { readdir, stat } from 'node:fs/promises'
import { basename, extname, join, relative, resolve, sep } from 'node:path'
import { BenchError, emptyWord } from '../model/error.ts'
import type { Expanded } from '../model/expanded.ts'
import type { Scenario } from '../model/scenario.ts'
import { blockMs, rehearsalMs, wholeRehearsalMs } from '../model/timing.ts'
import { durationMs } from '../model/units.ts'
import { isTestFile, loadScenario, looksLikeScenario } from './load.ts'
import { moduleReader } from './module.ts'
import { suggestion } from './nearest.ts'
import { printed, visible } from './print.ts'

export interface CatalogueEntry {
  /** Absolute path. */
  readonly file: string
  readonly name: string
  readonly about: string
  /** How many nodes are built: for each group and network as many as its largest variant needs. */
  readonly nodes: number
  readonly blocks: number
  /** How long a run of it is expected to take, without building. */
  readonly seconds: number
}

/** Every scenario below the folder, in the order of their paths. Throws what loading throws: a catalogue has no broken files. */
export async function catalogue(folder: string, signal?: AbortSignal): Promise<readonly CatalogueEntry[]> {
  const files = await scenarioFiles(folder)
  const entries: CatalogueEntry[] = []
  const modules = moduleReader(signal)
  try {
    for (const file of files) entries.push(entryOf(file, await loadScenario(file, { modules })))
  } finally {
    await modules.close()
  }
  return entries
}

/**
 * Files, folders (with all scenarios in them) or names from the catalogue in `root/scenarios`, each file once, in the order
 * asked for. Tests are left out; where only tests were named it throws `usage`. Paths are relative to `cwd`, else to `root`, else to
 * `root/scenarios`. Throws BenchError `not-found` naming the nearest known name.
 */
export async function findScenarios(args: readonly string[], cwd: string, root: string): Promise<readonly string[]> {
  const known = await knownScenarios(cwd, root)
  const found: string[] = []
  for (const word of args) found.push(...(await meant(word, cwd, root, known)))
  // `*.ts` in a shell also names tests, so tests beside scenarios are left out.
  const scenarios = found.filter((file) => !isTestFile(file))
  if (scenarios.length > 0 || found.length === 0) return [...new Set(scenarios)]
  throw new BenchError('usage', `file must be a scenario, got ${visible(found[0] ?? '')}, which is a test`, {
    hint: 'tests run with "npx vitest run", scenarios with "pnpm bench run"',
  })
}

async function meant(word: string, cwd: string, root: string, known: readonly Known[]): Promise<readonly string[]> {
  // As a path it would be the folder where the command was called: every scenario of it would run.
  if (word === '') throw emptyWord('scenario', 'a file, a folder or a known name')
  for (const path of [resolve(cwd, word), resolve(root, word), resolve(root, 'scenarios', word)]) {
    const facts = await stat(path).catch(() => undefined)
    if (facts?.isFile() === true) return [path]
    if (facts?.isDirectory() === true) {
      const inside = await scenarioFiles(path)
      if (inside.length > 0) return inside
      throw new BenchError('not-found', `folder must hold a scenario, got none in ${visible(path)}`)
    }
  }
  const named = known.filter(({ names }) => names.includes(word)).map(({ file }) => file)
  if (named.length === 1) return named
  const names = known.map(({ file }) => stem(file))
  if (named.length > 1)
    throw new BenchError('not-found', `scenario must be one, got ${named.length} called ${printed(word)}`, {
      lines: named,
      hint: 'give the path of the one that you mean',
    })
  throw new BenchError(
    'not-found',
    `scenario must be a file, a folder or a known name, got ${printed(word)}${suggestion(word, names)}`,
    { hint: '`bench list` shows the known names' },
  )
}

interface Known {
  readonly file: string
  /** `fan-out` and `first/fan-out`. A test checks that files have the names of their scenarios. */
  readonly names: readonly string[]
}

/** Folders whose scenarios can be named: `scenarios` in the working directory, where there is one, then ours. */
export async function scenarioFolders(cwd: string, root: string): Promise<readonly string[]> {
  const [own, ours] = [resolve(cwd, 'scenarios'), resolve(root, 'scenarios')]
  const facts = await stat(own).catch(() => undefined)
  return facts?.isDirectory() === true && own !== ours ? [own, ours] : [ours]
}

/** Names that `findScenarios` knows: short ones, each once. */
export async function knownNames(cwd: string, root: string): Promise<readonly string[]> {
  return [...new Set((await knownScenarios(cwd, root)).map(({ file }) => stem(file)))]
}

/** A scenario of the project hides ours of the same name. */
async function knownScenarios(cwd: string, root: string): Promise<readonly Known[]> {
  const known: Known[] = []
  for (const folder of await scenarioFolders(cwd, root)) {
    const taken = new Set(known.flatMap(({ names }) => names))
    for (const file of await scenarioFiles(folder)) {
      const below = relative(folder, file)
      const names = new Set([stem(file), below.slice(0, -extname(below).length)])
      known.push({ file, names: [...names].filter((name) => !taken.has(name)) })
    }
  }
  return known
}

function stem(file: string): string {
  return basename(file, extname(file))
}

/** Files that projects have in any folder and that are no scenarios: those of tools. Running them could do anything. */
const ofProjects = /^((tsconfig|jsconfig)(\..+)?|package|package-lock)\.json$|\.config\.m?[jt]s$/
const passedOver = /^(\..+|node_modules)$/

async function scenarioFiles(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true }).catch((cause: unknown) => {
    throw new BenchError('not-found', `folder must be there and readable, got ${visible(folder)}`, { cause })
  })
  const files = entries
    .filter((entry) => entry.isFile() && !ofProjects.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    // Only below the folder: the folder itself may lie in a hidden one.
    .filter(
      (file) =>
        !relative(folder, file)
          .split(sep)
          .some((part) => passedOver.test(part)),
    )
    .toSorted()
  const found: string[] = []
  for (const file of files) if (await looksLikeScenario(file)) found.push(file)
  return found
}

function entryOf(file: string, { scenario, variants: expanded }: Expanded): CatalogueEntry {
  const variants = expanded.map((variant) => variant.scenario)
  const ms = (text: string) => durationMs(text) ?? 0
  const all = variants.map(({ phases: { warmup, measure, cooldown } }) => ({
    warmupMs: ms(warmup),
    measureMs: ms(measure),
    cooldownMs: ms(cooldown),
  }))
  const networks = [...Map.groupBy(variants, ({ network }) => network).values()]
  const rehearsal = wholeRehearsalMs(rehearsalMs(all, scenario))
  return {
    file,
    name: scenario.name,
    about: scenario.about,
    nodes: networks.reduce((sum, own) => sum + nodesFor(own), 0),
    blocks: variants.length * scenario.repeats,
    seconds: (rehearsal + all.reduce((sum, phases) => sum + blockMs(phases), 0) * scenario.repeats) / 1000,
  }
}

function nodesFor(variants: readonly Scenario[]): number {
  const most = (group: string) => Math.max(...variants.map(({ topology }) => topology[group]?.count ?? 0))
  return Object.keys(variants[0]?.topology ?? {}).reduce((sum, group) => sum + most(group), 0)
}
