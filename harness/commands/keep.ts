/** `bench up`, `exec`, `down`: a topology kept up to try things in it. */
import { readFile, rename, rm, stat } from 'node:fs/promises'
import { constants } from 'node:os'
import { join } from 'node:path'
import { startDetached } from '../host/detached.ts'
import { patiently } from '../host/patience.ts'
import { converseWith, type Conversation } from '../keep/client.ts'
import { keep } from '../keep/keeper.ts'
import { socketOf, type Answer, type Kept } from '../keep/protocol.ts'
import { pause } from '../lab/wait.ts'
import { jsonList } from '../report/json.ts'
import { BenchError, interrupted } from '../model/error.ts'
import type { World } from '../model/world.ts'
import { overridesOf, prepare, root } from '../run.ts'
import { onHost } from '../session.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { refuseOtherKinds } from '../store/plain-file.ts'
import { makePrivateFolder } from '../store/private-file.ts'
import { stateFolder } from '../store/state-folder.ts'
import { choicesOf, placeOptions, type RunWords } from './options.ts'
import type { Register } from './register.ts'
import { safe, sayTo } from './error-text.ts'

interface UpWords extends RunWords {
  readonly foreground?: boolean
  readonly json?: boolean
}

export const upCommand: Register = (program, run, world) => {
  placeOptions(program.command('up'))
    .description('build the topology of a scenario, start its servers, and keep it up')
    .argument('<scenario>', 'scenario file or name')
    .option('--foreground', 'stay in the foreground; Ctrl-C takes it down')
    .option('--json', 'print nodes, addresses and credentials as JSON')
    .addHelpText(
      'after',
      '\nUntil "pnpm bench down" the host counts as busy for measurements.\nExample: pnpm bench up one-to-one',
    )
    .action((name: string, words: UpWords) =>
      run(() => (words.foreground === true ? stay(name, words, world) : up(words, world))),
    )
}

export const execCommand: Register = (program, run, world) => {
  program
    .command('exec')
    .description('run a program in a node of the topology that is up')
    .argument('<node>', 'name of the node, as "bench up" printed it')
    .argument('<command...>', 'program and arguments, after --')
    .addHelpText('after', "\nIts status is the program's own.\nExample: pnpm bench exec send -- uname -a")
    .action((node: string, command: string[]) => run(() => exec(node, command, world)))
}

export const downCommand: Register = (program, run, world) => {
  program
    .command('down')
    .description('take down the topology that is up')
    .addHelpText('after', '\nExample: pnpm bench down')
    .action(() =>
      run(async () => {
        const talk = await converseWith(socketOf(stateFolder(world.env)))
        world.signal.addEventListener('abort', () => talk.close(), { once: true })
        const say = sayTo(world)
        say('taking down')
        talk.send({ t: 'down' })
        await patiently(say, 'taking down', () => downOf(talk, world.signal))
        world.out('down\n')
        return 0
      }),
    )
}

/** The keeper goes on where nobody waits for its word any more. */
async function downOf(talk: Conversation, signal: AbortSignal): Promise<void> {
  for await (const answer of talk.answers) if (answer.t === 'down') return
  if (signal.aborted) throw interrupted(signal)
  throw new BenchError(
    'io',
    'the process that keeps the topology up must report that all is down, it closed its socket',
    { hint: 'pnpm bench sweep' },
  )
}

async function stay(name: string, words: UpWords, world: World): Promise<number> {
  const [file = name] = await findScenarios([name], world.cwd, root)
  const say = sayTo(world)
  const choices = choicesOf(words, world)
  const scenario = await loadScenario(file, { overrides: overridesOf(choices), signal: world.signal })
  const state = stateFolder(world.env)
  await makePrivateFolder(state, 'XDG_STATE_HOME')
  await refuseFolder(socketOf(state))
  await onHost(world, choices, { say, exclusive: true }, async (session) =>
    keep(await prepare(session, scenario), socketOf(state), (kept) => show(kept, words, world)),
  )
  return 0
}

/** Starts a keeper of its own, detached, and waits until it answers. Told to stop meanwhile, it has the keeper take down what it made. */
async function up(words: UpWords, world: World): Promise<number> {
  const state = stateFolder(world.env)
  await makePrivateFolder(state, 'XDG_STATE_HOME')
  await refuseSecond(socketOf(state))
  const usualLog = join(state, 'keep.log')
  // Of two that are asked for at once each has its own; the one that stays up gives its own the usual name.
  const log = join(state, `keep-${world.pid}.log`)
  // Opening a pipe would wait for its other end, and nothing could interrupt that.
  for (const path of [usualLog, log]) await refuseOtherKinds(path, `log ${path}`)
  const child = startDetached([world.node, join(root, 'harness/bench.js'), ...world.argv, '--foreground'], log)
  const watch = { ended: false }
  void child.ended.then(() => {
    watch.ended = true
  })
  let shown = 0
  // Jails take minutes: what the keeper says meanwhile is said here.
  const passOnTalk = async () => {
    const text = await readFile(log, 'utf8')
    const end = text.lastIndexOf('\n') + 1
    if (end > shown) world.err(text.slice(shown, end))
    shown = end
  }
  try {
    for (;;) {
      const talk = await tryConverse(socketOf(state))
      const info = talk === undefined ? undefined : await infoOf(talk)
      // Another one may have come up meanwhile: ours then ends, and says so.
      if (info !== undefined && info.pid === child.pid) {
        await rename(log, usualLog)
        show(info.kept, words, world)
        return 0
      }
      const { ended } = watch
      await passOnTalk()
      if (ended) break
      await pause(50, world.signal)
    }
  } catch (error) {
    child.end()
    while (!watch.ended) {
      await pause(50)
      await passOnTalk()
    }
    throw error
  } finally {
    await rm(log, { force: true })
  }
  throw new BenchError('os', 'the topology must come up, got an error', { hint: 'what it said stands above' })
}

async function refuseSecond(path: string): Promise<void> {
  const talk = await tryConverse(path)
  if (talk === undefined) return
  const { run, scenario } = (await infoOf(talk)).kept
  throw new BenchError('busy', `one topology may be up at a time, got ${scenario} (${run}) up`, {
    hint: 'pnpm bench down',
  })
}

/** A socket that a dead keeper left is replaced; a folder is not ours to remove. */
async function refuseFolder(path: string): Promise<void> {
  const found = await stat(path).catch(() => undefined)
  if (found?.isDirectory() !== true) return
  throw new BenchError('io', `socket ${path} must be free to make, got a folder`, { hint: 'remove the folder' })
}

async function tryConverse(path: string): Promise<Conversation | undefined> {
  try {
    return await converseWith(path)
  } catch (error) {
    if (error instanceof BenchError && error.code === 'not-found') return undefined
    throw error
  }
}

async function infoOf(talk: Conversation): Promise<Extract<Answer, { t: 'info' }>> {
  talk.send({ t: 'info' })
  for await (const answer of talk.answers) {
    if (answer.t !== 'info') continue
    talk.close()
    return answer
  }
  throw new BenchError('io', 'the process that keeps the topology up must answer, it closed its socket')
}

async function exec(node: string, command: readonly string[], world: World): Promise<number> {
  const { signal, unread = new AbortController().signal } = world
  const talk = await converseWith(socketOf(stateFolder(world.env)))
  const ended = new AbortController()
  const unheard = AbortSignal.any([signal, unread, ended.signal])
  unheard.addEventListener('abort', () => talk.close(), { once: true })
  try {
    talk.send({ t: 'exec', node, command })
    void passOn(world.input(unheard), talk, unheard)
    for await (const answer of talk.answers) {
      const status = printed(answer, world)
      if (status !== undefined) return status
    }
  } finally {
    ended.abort()
  }
  // As a shell says it of a program that nobody reads: the keeper has ended it.
  if (unread.aborted) return 128 + constants.signals.SIGPIPE
  throw new BenchError(
    signal.aborted ? 'interrupted' : 'io',
    'the program must end, the process that keeps the topology up closed its socket',
  )
}

/** What we are given on stdin is the program's, to its end. */
async function passOn(lines: AsyncIterable<string>, talk: Conversation, unheard: AbortSignal): Promise<void> {
  for await (const text of lines) talk.send({ t: 'input', text })
  if (!unheard.aborted) talk.send({ t: 'input' })
}

function printed(answer: Answer, world: World): number | undefined {
  if (answer.t === 'out') world.out(`${answer.line}\n`)
  if (answer.t !== 'exit') return undefined
  answer.stderr.forEach((line) => world.err(`${line}\n`))
  return answer.status
}

function show(kept: Kept, words: UpWords, world: World): void {
  if (words.json === true) {
    world.out(jsonList([kept]))
    return
  }
  const wide = Math.max(...kept.nodes.map((node) => node.name.length))
  const nodes = kept.nodes.map((node) => `  ${node.name.padEnd(wide)}  ${node.role.padEnd(6)}  ${node.address}`)
  const servers = kept.servers.flatMap(({ node, url, token, version }) => [
    `${node}: nats-server ${version}`,
    `  nats --server ${url.replace('nats://', `nats://${token}@`)} sub '>'`,
    `  nats --server ${url.replace('nats://', `nats://${token}@`)} pub hello world`,
  ])
  world.out(
    safe(`${kept.scenario} is up on ${kept.substrate} (${kept.run})\n${[...nodes, '', ...servers].join('\n')}\n`),
  )
  world.err('pnpm bench exec <node> -- <command> runs something in a node; pnpm bench down takes it down\n')
}
