/** Another project that links this package: it type-checks in strict mode, and `bench` there knows the project's scenarios. */
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import ts from 'typescript'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { nodeSchema, payloadSchema } from '../model/scenario.ts'
import { root, textOf } from './pages.ts'

const run = promisify(execFile)
const limit = { timeout: 300_000 }
let project = ''

const scenario = `import { defineScenario } from 'nats-jail-harness'
export default defineScenario({
  name: 'mine',
  about: 'One of mine: does it have a name?',
  topology: { hub: { role: 'server' }, a: { role: 'load' } },
  workloads: [
    {
      kind: 'publish', name: 'pub', on: 'a', to: 'hub', subject: 'x',
      payload: { bytes: 16 }, arrivals: { kind: 'constant', perSecond: 100 },
    },
    { kind: 'subscribe', name: 'sub', on: 'a', to: 'hub', subject: 'x' },
  ],
})
`

/** Each wrong line must be reported: without declarations everything would be `any`, and nothing would be wrong. */
const wrong = `import { defineScenario } from 'nats-jail-harness'
import { testWith } from 'nats-jail-harness/testing'
// @ts-expect-error no such role
testWith({ topology: { hub: { role: 'nonsense' } } })
// @ts-expect-error no such field
defineScenario({ name: 'x', about: 'x', topology: {}, workloads: [], repeat: 3 })
testWith({ topology: { hub: { role: 'server' } } })('has types', async ({ lab, expect }) => {
  const report = await lab.run([])
  // @ts-expect-error no such method
  lab.nonsense()
  // @ts-expect-error no such state
  if (report.state === 'nonsense') return
  expect(report).toKeepOrder()
})
`

/** The type that editors show is generated (scenario/declared.ts); zod infers the real one. Both must be the same. */
const same = `import type { ScenarioInput } from 'nats-jail-harness'
import type { scenarioSchema } from './node_modules/nats-jail-harness/types/model/scenario.d.ts'
type Inferred = (typeof scenarioSchema)['_zod']['input']
export const shown = (scenario: Inferred): ScenarioInput => scenario
export const inferred = (scenario: ScenarioInput): Inferred => scenario
`

beforeAll(async () => {
  project = await mkdtemp(join(tmpdir(), 'consumer-'))
  await mkdir(join(project, 'node_modules'))
  await mkdir(join(project, 'scenarios'))
  await symlink(root, join(project, 'node_modules/nats-jail-harness'))
  await symlink(join(root, 'node_modules/vitest'), join(project, 'node_modules/vitest'))
  await writeFile(join(project, 'package.json'), JSON.stringify({ name: 'mine', type: 'module' }))
  const compilerOptions = { strict: true, module: 'nodenext', noEmit: true, skipLibCheck: true, types: [] }
  await writeFile(join(project, 'tsconfig.json'), JSON.stringify({ compilerOptions, include: ['*.ts', 'scenarios'] }))
  await writeFile(join(project, 'scenarios/mine.ts'), scenario)
  await writeFile(join(project, 'nats.test.ts'), textOf('fixtures/examples/own-set-up.live.test.ts'))
  await writeFile(join(project, 'wrong.test.ts'), wrong)
  await writeFile(join(project, 'same.ts'), same)
  await run(process.execPath, [join(root, 'harness/declarations.js')])
}, limit.timeout)
afterAll(() => rm(project, { recursive: true, force: true }))

interface Editor {
  readonly service: ts.LanguageService
  readonly files: readonly string[]
}
const open = new Map<string, Editor>()

/** Answers of TypeScript as an editor gets them, for a folder with a tsconfig.json. */
function editorOf(folder: string): Editor {
  const known = open.get(folder)
  if (known !== undefined) return known
  const found = ts.readConfigFile(join(folder, 'tsconfig.json'), (path) => ts.sys.readFile(path))
  const { fileNames, options } = ts.parseJsonConfigFileContent(found.config, ts.sys, folder)
  const service = ts.createLanguageService({
    ...ts.sys,
    getCompilationSettings: () => options,
    getScriptFileNames: () => fileNames,
    getScriptVersion: () => '1',
    getScriptSnapshot: (file) => {
      const text = ts.sys.readFile(file)
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text)
    },
    getCurrentDirectory: () => folder,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
  })
  const editor = { service, files: fileNames }
  open.set(folder, editor)
  return editor
}

async function bench(...words: readonly string[]): Promise<string> {
  const { bin } = JSON.parse(await readFile(join(project, 'node_modules/nats-jail-harness/package.json'), 'utf8')) as {
    readonly bin: { readonly bench: string }
  }
  const program = join(project, 'node_modules/nats-jail-harness', bin.bench)
  const { stdout } = await run(process.execPath, [program, ...words], { cwd: project })
  return stdout
}

describe('a project that links the package', () => {
  it('type-checks with strict and nodenext, tests and scenarios, and is told what is wrong', limit, () => {
    const { service, files } = editorOf(project)
    const found = files.flatMap((file) => [
      ...service.getSyntacticDiagnostics(file),
      ...service.getSemanticDiagnostics(file),
    ])
    expect(files.length).toBe(4)
    expect(found.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))).toEqual([])
  })

  it.each([
    ['a project', () => project, 'scenarios/mine.ts'],
    ['the clone', () => join(root, 'scenarios'), 'first/one-to-one.ts'],
  ])('has an editor that explains and completes the fields of a scenario: %s', limit, (_, folder, name) => {
    const { service } = editorOf(folder())
    const file = join(folder(), name)
    const text = readFileSync(file, 'utf8')
    const shown = (word: string) => {
      const { documentation } = service.getQuickInfoAtPosition(file, text.indexOf(word)) ?? {}
      return ts.displayPartsToString(documentation)
    }
    expect(shown('topology')).toBe('Groups of nodes by name.')
    expect(shown('role')).toBe(nodeSchema.shape.role.description)
    expect(shown('bytes')).toContain(payloadSchema.shape.bytes.description)
    expect(shown('arrivals')).toContain('When messages are sent.')
    const offered = (at: number) =>
      (service.getCompletionsAtPosition(file, at, {})?.entries ?? []).map(({ name }) => name)
    expect(offered(text.indexOf("kind: 'publish'"))).toEqual(
      expect.arrayContaining(['connections', 'headers', 'reconnect']),
    )
    expect(offered(text.indexOf("'server'") + 1).toSorted()).toEqual(['load', 'server'])
  })

  it('has bench, which knows its scenarios by name', limit, async () => {
    expect(await bench('list')).toMatch(/^scenarios\n +mine +2 nodes/)
    expect(await bench('validate', 'mine')).toContain('mine.ts: ok')
    expect(await bench('validate', 'one-to-one')).toContain('first/one-to-one.ts: ok')
  })
})
