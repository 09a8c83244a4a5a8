import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { openJournal } from '../store/journal.ts'
import { substrateContract } from './contract.ts'
import type { ContractCommands, Subject } from './contract.ts'
import { memorySubstrate } from './memory.ts'
import type { MemorySubstrate } from './memory.ts'
import type { Program } from './memory-program.ts'

const commands: ContractCommands = {
  echo: ['echo'],
  fail: ['fail'],
  deaf: ['deaf'],
  show: (path) => ['show', path],
  variable: (name) => ['variable', name],
}

function programs(substrate: () => MemorySubstrate): Record<string, Program> {
  return {
    echo: async ({ input, write }) => {
      for await (const line of input) write(line)
      return 0
    },
    fail: ({ error }) => {
      error('sorry')
      return Promise.resolve(3)
    },
    deaf: ({ write }) => {
      write('deaf')
      return new Promise(() => undefined)
    },
    show: ({ command, node, write }) => {
      write(
        String(
          substrate()
            .nodes.get(node)
            ?.get(command[1] ?? ''),
        ),
      )
      return Promise.resolve(0)
    },
    variable: ({ command, env, write }) => {
      write(env[command[1] ?? ''] ?? '')
      return Promise.resolve(0)
    },
  }
}

async function subject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-memory-'))
  const journal = await openJournal(join(folder, 'journal.ndjson'), '20261124-061500-contract-mem1')
  const substrate: MemorySubstrate = memorySubstrate({ programs: programs(() => substrate) })
  onTestFinished(async () => {
    await journal.close()
    await rm(folder, { recursive: true })
  })
  return { substrate, journal, commands }
}

describe('the substrate of pretend nodes', () => {
  for (const { title, run } of substrateContract) it(title, async () => run(await subject()))

  it('lets a test make the building of a node fail, and leaves nothing in the journal', async () => {
    const { journal } = await subject()
    const substrate = memorySubstrate({
      onCreate: () => {
        throw new Error('no room')
      },
    })
    const plan = { name: 'a', group: 'a', role: 'load', index: 0, endpoint: substrate.endpoint(0) } as const
    await expect(substrate.create(plan, journal, new AbortController().signal)).rejects.toThrow('no room')
    expect(journal.open()).toEqual([])
  })
})
