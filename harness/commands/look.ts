/** Commands that look and touch nothing: list, validate, plan, schema. */
import { describe } from '../plan/describe.ts'
import type { Register } from './register.ts'
import { jsonList } from '../report/json.ts'
import { asBenchError } from '../model/error.ts'
import { overridesOf, prepare, root } from '../run.ts'
import { onHost } from '../session.ts'
import type { Plan } from '../model/plan.ts'
import type { World } from '../model/world.ts'
import { catalogue, findScenarios, scenarioFolders, type CatalogueEntry } from '../scenario/catalogue.ts'
import { visible } from '../scenario/print.ts'
import { fold, hang } from '../report/style-text.ts'
import { loadScenario } from '../scenario/load.ts'
import { moduleReader } from '../scenario/module.ts'
import { reference } from '../scenario/reference.ts'
import { jsonSchema, schemaNames, type SchemaName } from '../scenario/schema.ts'
import { describeError, sayTo } from './error-text.ts'
import { choicesOf, lengthOptions, placeOptions, rateOption, refuseIdleRate, type RunWords } from './options.ts'
import { dirname, relative } from 'node:path'
import { Argument } from 'commander'
import { byNumber, count } from '../model/count.ts'

export const listCommand: Register = (program, run, world) => {
  program
    .command('list')
    .description('list the scenarios that have a name: yours in scenarios/, and those of the harness')
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: pnpm bench list')
    .action((words: { json?: boolean }) =>
      run(async () => {
        const folders = await scenarioFolders(world.cwd, root)
        const entries = (await Promise.all(folders.map((folder) => catalogue(folder, world.signal)))).flat()
        world.out(words.json === true ? jsonList(entries) : listText(entries, world))
        return 0
      }),
    )
}

/** By folder: name, nodes, seconds and the question, which stands beside them where there is room for it. */
function listText(entries: readonly CatalogueEntry[], { columns, cwd }: World): string {
  const wide = Math.max(...entries.map(({ name }) => name.length))
  const lines = [...Map.groupBy(entries, ({ file }) => dirname(file))].flatMap(([folder, own]) => [
    visible(shownFolder(folder, cwd)),
    ...own.flatMap(({ name, nodes, seconds, about }) => {
      const head = `  ${name.padEnd(wide)}  ${String(nodes).padStart(2)} ${byNumber(nodes, 'node ', 'nodes')}  ${String(Math.ceil(seconds)).padStart(4)} s  `
      const beside = columns - head.length >= 40
      const indent = ' '.repeat(beside ? head.length : 4)
      const question = fold(visible(about), columns - indent.length)
      const short = beside ? [] : [`  ${name}`, `    ${count(nodes, 'node')}, ${Math.ceil(seconds)} s`]
      return [...short, ...question.map((line, i) => (beside && i === 0 ? head : indent) + line)]
    }),
  ])
  return `${lines.join('\n')}\n`
}

/** From where the user is, where it lies below; else whole. */
function shownFolder(folder: string, cwd: string): string {
  const below = relative(cwd, folder)
  return below.startsWith('..') ? folder : below
}

export const validateCommand: Register = (program, run, world) => {
  program
    .command('validate')
    .description('check scenario files and list all their problems')
    .argument('<file...>', 'scenario files, folders or names')
    .addHelpText(
      'after',
      '\nCode is run to read what it exports. Of a folder, hidden files, node_modules,\ntests, *.config.* and code without a default export are passed over.\nStatus 0: no problem. 65: there are problems.\nExample: pnpm bench validate scenarios/my-own.ts',
    )
    .action((names: string[]) =>
      run(async () => {
        let status = 0
        const modules = moduleReader(world.signal)
        for (const file of await findScenarios(names, world.cwd, root)) {
          try {
            await loadScenario(file, { modules })
            world.out(`${file}: ok\n`)
          } catch (thrown) {
            const error = asBenchError(thrown)
            if (error.code === 'interrupted') throw error
            status = Math.max(status, error.exitStatus)
            world.out(`${error.message}\n${error.lines.map((line) => `  ${line}\n`).join('')}`)
          }
        }
        await modules.close()
        return status
      }),
    )
}

interface PlanWords extends RunWords {
  readonly json?: boolean
}

export const planCommand: Register = (program, run, world) => {
  rateOption(lengthOptions(placeOptions(program.command('plan'))))
    .description('show what would be built and run; nothing is touched')
    .argument('<scenario>', 'scenario file or name')
    .option('--json', 'the whole plan as JSON, in a list')
    .addHelpText(
      'after',
      '\nOf a folder, all scenarios are planned; those that cannot be are named.\nExample: pnpm bench plan fan-out --json',
    )
    .action((name: string, words: PlanWords) => run(() => planAll(name, words, world)))
}

async function planAll(name: string, words: PlanWords, world: World): Promise<number> {
  const files = await findScenarios([name], world.cwd, root)
  const plans: Plan[] = []
  let status = 0
  for (const file of files) {
    try {
      const plan = await planOf(file, words, world)
      plans.push(plan)
      const lines = describe(plan)
        .split('\n')
        .flatMap((line) => hang(line, world.columns))
      if (words.json !== true) world.out(`${plans.length > 1 ? '\n' : ''}${lines.join('\n')}\n`)
    } catch (thrown) {
      const error = asBenchError(thrown)
      if (files.length === 1 || error.code === 'interrupted') throw error
      status = Math.max(status, error.exitStatus)
      world.err(`no plan of ${shownFolder(file, world.cwd)}\n${describeError(error, world.color)}`)
    }
  }
  if (words.json === true) world.out(jsonList(plans))
  return status
}

async function planOf(file: string, words: PlanWords, world: World): Promise<Plan> {
  const say = sayTo(world)
  const choices = choicesOf(words, world)
  const scenario = await loadScenario(file, { overrides: overridesOf(choices), signal: world.signal })
  refuseIdleRate(choices, [scenario])
  const { plan } = await onHost(world, choices, { say, exclusive: false }, (session) => prepare(session, scenario))
  return plan
}

export const referenceCommand: Register = (program, run, world) => {
  program
    .command('reference')
    .description('print every field, metric, fault and setting of a scenario, as Markdown')
    .addHelpText('after', '\nExample: pnpm bench reference > scenarios.md')
    .action(() =>
      run(() => {
        world.out(reference())
        return Promise.resolve(0)
      }),
    )
}

export const schemaCommand: Register = (program, run, world) => {
  program
    .command('schema')
    .description('print the JSON Schema of scenario files, or of what bench writes')
    .addArgument(
      new Argument('[which]', 'check, comparison: an entry of what check and compare --json print')
        .choices(schemaNames)
        .default('scenario'),
    )
    .addHelpText('after', '\nExample: pnpm bench schema > scenario.schema.json')
    .action((which: SchemaName) =>
      run(() => {
        world.out(`${JSON.stringify(jsonSchema(which), null, 2)}\n`)
        return Promise.resolve(0)
      }),
    )
}
