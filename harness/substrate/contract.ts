/**
 * What every substrate must do, as cases that any test runner can run:
 * `for (const { title, run } of substrateContract) it(title, () => run(subject))`.
 */
import assert from 'node:assert/strict'
import { BenchError } from '../model/error.ts'
import type { Journal } from '../model/journal.ts'
import type { NodePlan } from '../model/plan.ts'
import type { Child } from '../host/host.ts'
import { isPausable } from './substrate.ts'
import type { LiveNode, Substrate } from './substrate.ts'

/** Made anew for each case. */
export interface Subject {
  readonly substrate: Substrate
  readonly journal: Journal
  readonly commands: ContractCommands
}

/** Programs inside the nodes. */
export interface ContractCommands {
  /** Answers each line of input with the same line, and ends with its input. */
  readonly echo: readonly string[]
  /** Ends with status 3 after a line on stderr, `sorry`. */
  readonly fail: readonly string[]
  /** Prints `deaf`, then runs for a minute and ignores SIGTERM. */
  readonly deaf: readonly string[]
  /** Prints a file; `variable` prints a variable of its environment. */
  readonly show: (path: string) => readonly string[]
  readonly variable: (name: string) => readonly string[]
}

export interface ContractCase {
  readonly title: string
  readonly run: (subject: Subject) => Promise<void>
}

const never = new AbortController().signal

export const substrateContract: readonly ContractCase[] = [
  {
    title: 'gives each node an endpoint of its own, the same whenever it is asked',
    run: ({ substrate }) => {
      const places = Array.from({ length: 40 }, (_, index) => substrate.endpoint(index)).flatMap(({ address, ports }) =>
        Object.values(ports).map((port) => `${address}:${port}`),
      )
      assert.equal(new Set(places).size, places.length)
      assert.deepEqual(substrate.endpoint(7), substrate.endpoint(7))
      return Promise.resolve()
    },
  },
  {
    title: 'keeps what exists in the journal until it is gone',
    run: async ({ substrate, journal }) => {
      const node = await substrate.create(planOf(substrate, 0), journal, never)
      assert.ok(journal.open().length > 0)
      await node.destroy()
      assert.deepEqual(journal.open(), [])
    },
  },
  {
    title: 'hands lines to a program and back, and ends its input',
    run: (subject) =>
      withNode(subject, async (node) => {
        const child = await node.spawn(subject.commands.echo)
        const long = 'x'.repeat(1_000_000)
        child.write(`first\n${long}\n`)
        child.write('last\n')
        child.closeInput()
        assert.deepEqual(await linesOf(child), ['first', long, 'last'])
        assert.equal((await child.exit).status, 0)
      }),
  },
  {
    title: 'tells the exit status and the last lines of a program that fails',
    run: (subject) =>
      withNode(subject, async (node) => {
        const child = await node.spawn(subject.commands.fail)
        assert.equal((await child.exit).status, 3)
        assert.ok(child.tail().some((line) => line.includes('sorry')))
      }),
  },
  {
    title: 'puts files below the directory of the node, and nowhere else',
    run: (subject) =>
      withNode(subject, async (node) => {
        await node.put({ 'a.txt': 'one', 'deep/b.txt': 'two' }, `${node.directory}/files`)
        const child = await node.spawn(subject.commands.show(`${node.directory}/files/deep/b.txt`))
        assert.deepEqual(await linesOf(child), ['two'])
        await assert.rejects(node.put({ '../../../../escaped.txt': 'no' }, node.directory), BenchError)
      }),
  },
  {
    title: 'adds to the environment of a program what was asked for',
    run: (subject) =>
      withNode(subject, async (node) => {
        const value = `it's "quoted" $HOME; \\ *`
        const child = await node.spawn(subject.commands.variable('BENCH_WORD'), { env: { BENCH_WORD: value } })
        assert.deepEqual(await linesOf(child), [value])
      }),
  },
  {
    title: 'says that a program which is not there did not start',
    run: (subject) =>
      withNode(subject, async (node) => {
        const status = await node.spawn(['no-such-program-anywhere']).then(
          async (child) => (await child.exit).status,
          (error: unknown) => (error instanceof BenchError ? error.code : undefined),
        )
        assert.ok(status === 'os' || (typeof status === 'number' && status !== 0), `got ${String(status)}`)
      }),
  },
  {
    title: 'forces a program to end that does not heed being asked',
    run: (subject) =>
      withNode(subject, async (node) => {
        const child = await node.spawn(subject.commands.deaf)
        await firstLine(child)
        const exit = await child.stop(100)
        assert.ok(exit.signal === 'SIGKILL' || exit.status === 137, JSON.stringify(exit))
      }),
  },
  {
    title: 'reads what a node uses, where it says that it can',
    run: (subject) =>
      withNode(subject, async (node) => {
        if (!subject.substrate.capabilities.has('usage')) return
        const child = await node.spawn(subject.commands.deaf)
        await firstLine(child)
        const first = await node.usage()
        const second = await node.usage()
        assert.ok(second.cpuUserMicros + second.cpuSystemMicros >= first.cpuUserMicros + first.cpuSystemMicros)
        await child.stop(0)
      }),
  },
  {
    title: 'pauses all programs of a node and lets them go on, where it says that it can',
    run: (subject) =>
      withNode(subject, async (node) => {
        assert.equal(isPausable(node), subject.substrate.capabilities.has('pause'))
        if (!isPausable(node)) return
        const child = await node.spawn(subject.commands.echo)
        const lines = child.lines[Symbol.asyncIterator]()
        child.write('before\n')
        assert.equal((await lines.next()).value, 'before')
        await node.pause()
        child.write('while\n')
        const answer = lines.next()
        assert.equal(await Promise.race([answer, quiet(300)]), 'quiet')
        await node.resume()
        assert.equal((await answer).value, 'while')
      }),
  },
  {
    title: 'ends the programs of one node and leaves those of another alone',
    run: async (subject) => {
      const { substrate, journal, commands } = subject
      const one = await substrate.create(planOf(substrate, 0), journal, never)
      await withNode(
        subject,
        async (other) => {
          const [mine, theirs] = [await one.spawn(commands.echo), await other.spawn(commands.echo)]
          await one.destroy()
          await mine.exit
          theirs.write('still here\n')
          theirs.closeInput()
          assert.deepEqual(await linesOf(theirs), ['still here'])
          await assert.rejects(one.spawn(commands.echo), BenchError)
          await one.destroy()
        },
        1,
      )
      assert.deepEqual(journal.open(), [])
    },
  },
  {
    title: 'makes nothing once the run is interrupted',
    run: async ({ substrate, journal }) => {
      await assert.rejects(substrate.create(planOf(substrate, 0), journal, AbortSignal.abort()))
      assert.deepEqual(journal.open(), [])
    },
  },
  {
    title: 'sweeps what the journal names, again and again, and can then make the same node anew',
    run: async (subject) => {
      const { substrate, journal, commands } = subject
      const lost = await substrate.create(planOf(substrate, 0), journal, never)
      const child = await lost.spawn(commands.deaf)
      await firstLine(child)
      const entries = journal.open()
      await substrate.sweep(entries)
      await child.exit
      await substrate.sweep(entries)
      for (const entry of entries) await journal.gone(entry)
      await withNode(subject, async (node) => {
        const again = await node.spawn(commands.echo)
        again.closeInput()
        assert.deepEqual(await linesOf(again), [])
      })
    },
  },
]

function planOf(substrate: Substrate, index: number): NodePlan {
  return { name: `load-${index + 1}`, group: 'load', role: 'load', index, endpoint: substrate.endpoint(index) }
}

/** Makes a node, uses it, and destroys it, also after a failure. */
async function withNode(
  { substrate, journal }: Subject,
  use: (node: LiveNode) => Promise<void>,
  index = 0,
): Promise<void> {
  const node = await substrate.create(planOf(substrate, index), journal, never)
  try {
    await use(node)
  } finally {
    await node.destroy()
  }
}

async function linesOf(child: Child): Promise<readonly string[]> {
  const lines: string[] = []
  for await (const line of child.lines) lines.push(line)
  return lines
}

async function firstLine(child: Child): Promise<string> {
  for await (const line of child.lines) return line
  throw new BenchError('agent', `program must print a line, got ${child.tail().join(' | ')}`)
}

function quiet(ms: number): Promise<'quiet'> {
  return new Promise((resolve) => setTimeout(() => resolve('quiet'), ms))
}
