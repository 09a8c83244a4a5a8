/** `bench impair`, `cut`, `heal`: a bad network for the topology that is up. */
import { patiently } from '../host/patience.ts'
import { converseWith } from '../keep/client.ts'
import { socketOf, type Answer, type Request } from '../keep/protocol.ts'
import { BenchError, interrupted, unknownNode } from '../model/error.ts'
import { impairmentSchema, impairmentWords } from '../model/impairment.ts'
import type { World } from '../model/world.ts'
import { count } from '../model/count.ts'
import { told } from '../stats/health-network.ts'
import { stateFolder } from '../store/state-folder.ts'
import { decimal } from './options.ts'
import type { Register } from './register.ts'
import { sayTo } from './error-text.ts'

interface Words {
  readonly delay?: string
  readonly jitter?: string
  readonly loss?: string
  readonly rate?: string
  readonly reorder?: string
}

export const impairCommand: Register = (program, run, world) => {
  program
    .command('impair')
    .description('make the network of a node slow or lossy, in the topology that is up')
    .argument('<node>', 'name of the node, as "bench up" printed it')
    .option('--delay <time>', 'delay added to each packet to the node, such as 20ms')
    .option('--jitter <time>', 'how much the delay varies, such as 5ms')
    .option('--loss <share>', 'share of packets that are lost, from 0 to 1')
    .option('--rate <rate>', 'bits per second that pass, such as 10mbit')
    .option('--reorder <share>', 'share of packets that are reordered: sent at once while others are delayed')
    .addHelpText(
      'after',
      '\nOnly in network namespaces, containers and VNET jails (no jitter or reorder).\nTest packets before and after show what the network does to them.\nExample: pnpm bench impair hub --delay 20ms --loss 0.01',
    )
    .action((node: string, words: Words) => run(() => impair(node, words, world)))
}

export const cutCommand: Register = (program, run, world) => {
  program
    .command('cut')
    .description('cut a node off from all others, or from one, in the topology that is up')
    .argument('<node>', 'name of the node')
    .option('--from <node>', 'the other node')
    .addHelpText('after', '\nExample: pnpm bench cut hub-2 --from hub-1')
    .action((node: string, { from }: { from?: string }) =>
      run(async () => {
        await asked({ t: 'cut', node, ...(from === undefined ? {} : { from }) }, world)
        world.out(`${node} is cut off from ${from ?? 'all others'}; pnpm bench heal undoes this\n`)
        return 0
      }),
    )
}

export const healCommand: Register = (program, run, world) => {
  program
    .command('heal')
    .description('undo what "bench impair" and "bench cut" did')
    .addHelpText('after', '\nExample: pnpm bench heal')
    .action(() =>
      run(async () => {
        await asked({ t: 'heal' }, world)
        world.out('healed\n')
        return 0
      }),
    )
}

async function impair(node: string, words: Words, world: World): Promise<number> {
  const parsed = impairmentSchema.safeParse(valuesOf(words))
  if (!parsed.success) throw refusal(words, node, await nodesUp(world))
  const answer = await asked({ t: 'impair', node, how: parsed.data }, world)
  if (answer.t === 'impaired')
    world.out(
      `${node}: ${impairmentWords(parsed.data)}\n  before  ${told(answer.before)}\n  now     ${told(answer.now)}\n`,
    )
  return 0
}

function valuesOf({ loss, reorder, ...texts }: Words): object {
  const shares = Object.entries({ loss, reorder }).flatMap(([name, text]) =>
    text === undefined ? [] : [[name, decimal(text) ?? Number.NaN] as const],
  )
  return { ...texts, ...Object.fromEntries(shares) }
}

/** All that is wrong with what was asked for, each thing once. `nodes`: names of those that are up; undefined where nothing is up. */
export function refusal(words: Words, node: string, nodes: readonly string[] | undefined): BenchError {
  const given: Readonly<Record<string, string | undefined>> = { ...words }
  const issues = impairmentSchema.safeParse(valuesOf(words)).error?.issues ?? []
  const problems = [
    ...(nodes === undefined || nodes.includes(node) ? [] : [unknownNode(node, nodes).message]),
    ...issues.map(({ path: [name], message }) =>
      name === undefined ? `the impairment ${message}` : `--${String(name)} ${message}${gotText(given[String(name)])}`,
    ),
  ]
  const hint = 'pnpm bench impair --help'
  const [only = 'the impairment must be one', ...others] = problems
  if (others.length === 0) return new BenchError('usage', only, { hint })
  return new BenchError('usage', `what impair is given must be right, got ${count(problems.length, 'problem')}`, {
    lines: problems,
    hint,
  })
}

function gotText(text: string | undefined): string {
  return text === undefined ? '' : `, got ${JSON.stringify(text)}`
}

/** Undefined where no topology is up. */
async function nodesUp(world: World): Promise<readonly string[] | undefined> {
  try {
    const answer = await asked({ t: 'info' }, world)
    return answer.t === 'info' ? answer.kept.nodes.map(({ name }) => name) : undefined
  } catch (error) {
    if (error instanceof BenchError && error.code === 'not-found') return undefined
    throw error
  }
}

async function asked(request: Request, world: World): Promise<Answer> {
  const talk = await converseWith(socketOf(stateFolder(world.env)))
  world.signal.addEventListener('abort', () => talk.close(), { once: true })
  talk.send(request)
  const first = async () => {
    for await (const answer of talk.answers) {
      talk.close()
      return answer
    }
    if (world.signal.aborted) throw interrupted(world.signal)
    throw new BenchError('io', 'the process that keeps the topology up must answer, it closed its socket')
  }
  return patiently(sayTo(world), request.t, first)
}
