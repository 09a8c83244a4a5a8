/**
 * Writes types/: the declarations of what the package exports, for projects that link it. Run by `pnpm install`. Only files that the
 * exported ones lead to are written. The type of a scenario is written with what the schema says of each field, which editors show.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import process from 'node:process'

const root = resolve(import.meta.dirname, '..')
const entries = ['harness/testing.ts', 'harness/model/define-scenario.ts'].map((file) => join(root, file))

/** Undefined in an install without development packages, which nobody type-checks against. */
const ts = await import('typescript').then(
  (module) => module.default,
  (error) => {
    if (error.code === 'ERR_MODULE_NOT_FOUND') return undefined
    throw error
  },
)
/** By the path of its source. A Node.js that reads no TypeScript leaves the type as zod infers it. */
const made = new Map()
if (process.features.typescript)
  made.set(
    join(root, 'harness/model/scenario-input.ts'),
    (await import('./scenario/declared.ts')).scenarioDeclaration(),
  )
if (ts !== undefined) declare()

function declare() {
  const { config } = ts.readConfigFile(join(root, 'tsconfig.json'), ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, root)
  const out = join(root, 'types')
  const program = ts.createProgram(entries, {
    ...options,
    noEmit: false,
    noCheck: true,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, 'harness'),
    outDir: out,
  })
  rmSync(out, { recursive: true, force: true })
  const files = new Set(entries)
  for (const file of files) {
    const source = program.getSourceFile(file)
    if (source === undefined) throw new Error(`${relative(root, file)} must be a source file`)
    program.emit(
      source,
      (path, text) => {
        mkdirSync(dirname(path), { recursive: true })
        writeFileSync(path, made.get(file) ?? text)
        for (const [, target = ''] of text.matchAll(/(?:from |import\()["'](\.[^"']+\.ts)["']/g))
          files.add(resolve(dirname(file), target))
      },
      undefined,
      true,
    )
  }
}
