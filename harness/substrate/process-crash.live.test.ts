/** The runner is killed with SIGKILL after each step of its journal; the sweep then leaves nothing, after any of the steps. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished } from 'vitest'
import { localHost } from '../host/local.ts'
import { processTable } from '../host/processes.ts'
import { readJournal } from '../store/journal.ts'
import { processSubstrate } from './process.ts'

const host = localHost()
const facts = await host.facts()
const url = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href)

/** Makes two nodes with a program each (one leaves its process group), destroys one, and kills itself at a step or at the end. */
const victim = `
import { localHost } from ${url('../host/local.ts')}
import { processSubstrate } from ${url('./process.ts')}
import { openJournal } from ${url('../store/journal.ts')}
const [folder, run, tag, text, moment] = process.argv.slice(1)
const host = localHost()
const inner = await openJournal(folder + '/journal.ndjson', run)
let step = 0
const counted = (act) => async (...args) => {
  const last = ++step === Number(text)
  if (last && moment === 'during') setTimeout(() => process.kill(process.pid, 'SIGKILL'), 0)
  const result = await act(...args)
  if (last) process.kill(process.pid, 'SIGKILL')
  return result
}
const journal = { ...inner, will: counted(inner.will), did: counted(inner.did), gone: counted(inner.gone) }
const context = { host, facts: await host.facts(), run, tag, directory: folder + '/work', settings: {}, env: {}, say() {} }
const substrate = await processSubstrate(context)
const node = (index) => substrate.create({ name: 'n' + index, group: 'n', role: 'load', index, endpoint: substrate.endpoint(index) }, journal, new AbortController().signal)
const first = await node(0)
await first.put({ 'a/b': 'x' }, first.directory + '/files')
await first.spawn(['sh', '-c', 'setsid sleep 300 & exec sleep 300'])
const second = await node(1)
await second.spawn(['sleep', '300'])
await first.destroy()
process.stdout.write('steps ' + step)
process.kill(process.pid, 'SIGKILL')
`

async function crash(step: number, moment: 'after' | 'during'): Promise<{ said: string; left: readonly string[] }> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-crash-'))
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  const tag = `c${moment === 'after' ? 'a' : 'd'}${String(step).padStart(2, '0')}`
  const run = `20261124-061500-crash${process.pid}-${tag}`
  const args = ['--input-type=module', '-e', victim, folder, run, tag, String(step), moment]
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] })
  let said = ''
  child.stdout.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  const signal = await new Promise((resolve) => child.once('close', (_, name) => resolve(name)))
  expect(signal).toBe('SIGKILL')

  const { open } = await readJournal(join(folder, 'journal.ndjson'))
  const context = {
    host,
    facts,
    run,
    tag,
    directory: join(folder, 'work'),
    settings: {},
    env: {},
    say: () => undefined,
  }
  const substrate = await processSubstrate(context)
  await substrate.sweep(open)
  await substrate.sweep(open) // safe to repeat
  const living = [...(await processTable(host, facts.os).carrying(`BENCH_RUN=${run}`)).keys()]
  const left = living.map((pid) => `process ${pid}`)
  if (existsSync(join(folder, 'work'))) left.push('work folder')
  return { said, left }
}

describe.skipIf(!['Linux', 'FreeBSD'].includes(facts.os))('after a SIGKILL of the runner', () => {
  it('the sweep leaves no process and no folder, whichever journal step was the last', async () => {
    const { said, left } = await crash(0, 'after')
    expect(left).toEqual([])
    const steps = Number(/^steps (\d+)$/.exec(said)?.[1])
    expect(steps).toBeGreaterThan(8)
    for (let step = 1; step <= steps; step += 1) {
      for (const moment of ['after', 'during'] as const) {
        expect({ step, moment, ...(await crash(step, moment)) }).toEqual({ step, moment, said: '', left: [] })
      }
    }
  }, 300_000)

  it('the journal names nothing that is not below the folder of the run', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-crash-'))
    onTestFinished(() => rm(folder, { recursive: true, force: true }))
    const run = `20261124-061500-crash${process.pid}-cnam`
    const args = ['--input-type=module', '-e', victim, folder, run, 'cnam', '6', 'after']
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'ignore', 'inherit'] })
    await new Promise((resolve) => child.once('close', resolve))
    const text = await readFile(join(folder, 'journal.ndjson'), 'utf8')
    const { open } = await readJournal(join(folder, 'journal.ndjson'))
    const folders = open.filter(({ kind }) => kind === 'directory').map(({ name }) => name)
    expect(folders.every((name) => name === `${folder}/work` || name.startsWith(`${folder}/work/`))).toBe(true)
    expect(text).toContain(run)
    const context = {
      host,
      facts,
      run,
      tag: 'cnam',
      directory: join(folder, 'work'),
      settings: {},
      env: {},
      say: () => undefined,
    }
    await (await processSubstrate(context)).sweep(open)
  })
})
