/** `bench images`: the golden jails that nodes are cloned from. */
import { hostOf } from '../host/machine.ts'
import { jsonList } from '../report/json.ts'
import type { World } from '../model/world.ts'
import { overridesOf, prepare as prepareRun, root, withLab } from '../run.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { onHost as inSession } from '../session.ts'
import { prepare } from '../substrate/bastille/bastille.ts'
import { listImages, removeImage } from '../substrate/bastille/images.ts'
import { choicesOf, hostChoice, hostOption, placeOptions, type RunWords } from './options.ts'
import type { Register } from './register.ts'
import { safe, sayTo } from './error-text.ts'

interface ImagesWords {
  readonly host?: string
  readonly json?: boolean
}

export const imagesCommand: Register = (program, run, world) => {
  const images = program
    .command('images')
    .description('list, build or remove golden jails')
    .addHelpText('after', '\nExample: pnpm bench images list')

  images
    .command('list')
    .description('list the golden jails')
    .addOption(hostOption())
    .option('--json', 'as JSON')
    .addHelpText('after', '\nExample: pnpm bench images list --host ssh://root@rock64')
    .action((words: ImagesWords) =>
      run(async () => {
        const all = await onHost(words, world, listImages)
        const rows = all.map(({ name, template, commit, release, arch, network, programs }) => {
          const versions = Object.entries(programs).map(([program, version]) => `${program} ${version}`)
          const at = commit === undefined ? '' : ` at ${commit.slice(0, 12)}`
          return `${name}  ${template}${at}  ${release} ${arch} ${network}  ${versions.join(', ')}\n`
        })
        const text = rows.length === 0 ? 'no golden jail yet; the first run builds them\n' : safe(rows.join(''))
        world.out(words.json === true ? jsonList(all) : text)
        return 0
      }),
    )

  placeOptions(images.command('build'))
    .description('build the golden jails now, not in the first run')
    .option('--template <url>', "somebody else's template for servers, the same as --set template=URL")
    .addHelpText('after', '\nExample: pnpm bench images build --network vnet --server 2.15.2')
    .action(({ template, ...words }: RunWords & { template?: string }) =>
      run(() => {
        const set = [...(words.set ?? []), ...(template === undefined ? [] : [`template=${template}`])]
        return buildImages({ ...words, set }, world)
      }),
    )

  images
    .command('remove')
    .description('remove golden jails; the next run builds them again')
    .argument('<name...>', 'names from "bench images list"')
    .addOption(hostOption())
    .addHelpText('after', '\nExample: pnpm bench images remove nbi1a2b3c4')
    .action((names: string[], words: ImagesWords) =>
      run(async () => {
        for (const name of names) {
          await onHost(words, world, (removal) => removeImage(removal, name))
          world.out(`removed ${name}\n`)
        }
        return 0
      }),
    )
}

async function onHost<T>(
  words: ImagesWords,
  world: World,
  act: (removal: Awaited<ReturnType<typeof prepare>>) => Promise<T>,
): Promise<T> {
  const host = hostOf(hostChoice(words, world), world.env)
  try {
    return await act(await prepare({ host, run: 'images', say: sayTo(world) }))
  } finally {
    await host.close()
  }
}

/** The smallest topology goes up and down again; its golden jails stay. */
async function buildImages(words: RunWords, world: World): Promise<number> {
  const [file = ''] = await findScenarios(['one-to-one'], world.cwd, root)
  const choices = { ...choicesOf(words, world), on: 'bastille' as const }
  const say = sayTo(world)
  const scenario = await loadScenario(file, { overrides: overridesOf(choices), signal: world.signal })
  await inSession(world, choices, { say, exclusive: true }, async (session) => {
    const nothing = () => Promise.resolve()
    await withLab(await prepareRun(session, scenario), () => undefined, nothing)
  })
  world.out('golden jails are built\n')
  return 0
}
