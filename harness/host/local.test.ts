import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { killNow, pidOf } from '../testing/kill.ts'
import { localHost } from './local.ts'

const host = localHost()
const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Gone, or a zombie: what was just killed lives on for a moment with its files closed already. */
const dead = async (pid: number): Promise<boolean> =>
  !alive(pid) || /\) [ZX]/.test(await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => ''))

async function first(lines: AsyncIterable<string>): Promise<string> {
  for await (const line of lines) return line
  throw new Error('no line')
}

describe('running a command', () => {
  it('hands in input, folder and environment and hands out both outputs and the status', async () => {
    const command = ['sh', '-c', 'cat; pwd; printf %s "$WORD" >&2; exit 3']
    const done = await host.run(command, { input: 'in\n', cwd: '/usr', env: { WORD: "a'b" }, accept: [0, 3] })
    expect(done).toEqual({ stdout: 'in\n/usr\n', stderr: "a'b", status: 3 })
  })

  it('passes arguments as they are, for no shell ever sees them', async () => {
    const words = ['$HOME', '`id`', 'a b', "'", '', '-n', '*']
    expect((await host.run(['printf', '%s\\n', ...words])).stdout).toBe(`${words.join('\n')}\n`)
  })

  it('fails with command, status and last lines', async () => {
    await expect(host.run(['sh', '-c', 'echo one; echo two >&2; exit 4'])).rejects.toMatchObject({
      code: 'os',
      message: 'command `sh -c "echo one; echo two >&2; exit 4"` must end with status 0, got 4',
      lines: ['two'],
    })
  })

  it('says when a program is not there, whatever statuses are accepted', async () => {
    await expect(host.run(['no-such-program'], { accept: 'any' })).rejects.toMatchObject({
      code: 'os',
      hint: 'the program is not installed or not on PATH',
    })
  })

  it('never takes an end by a signal for an answer', async () => {
    await expect(host.run(['sh', '-c', 'kill -KILL $$'], { accept: 'any' })).rejects.toThrow('got SIGKILL')
  })

  it('ends the whole process group when the time is up', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-local-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const file = join(folder, 'pid')
    const script = 'trap "" TERM; sleep 60 & echo $! >"$1.new"; mv "$1.new" "$1"; wait; sleep 60'
    const run = host.run(['sh', '-c', script, 'sh', file], { timeoutMs: 1000 })
    await expect(run).rejects.toThrow('must end within 1000 ms')
    const pid = pidOf(await readFile(file, 'utf8'))
    await expect.poll(() => dead(pid)).toBe(true)
  })

  it('ends at once when it is interrupted', async () => {
    const interrupt = new AbortController()
    const run = host.run(['sleep', '60'], { signal: interrupt.signal })
    interrupt.abort()
    await expect(run).rejects.toMatchObject({ code: 'interrupted' })
    await expect(host.run(['true'], { signal: interrupt.signal })).rejects.toMatchObject({ code: 'interrupted' })
  })
})

it('an interrupt does not wait for what holds the pipes of a program that has ended', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-local-'))
  onTestFinished(() => rm(folder, { recursive: true }))
  const file = join(folder, 'pid')
  const interrupt = new AbortController()
  // The holder leads a group of its own, as the master of a shared ssh connection does.
  const script = `
    const { pid } = require('node:child_process').spawn('sleep', ['600'], { detached: true, stdio: 'inherit' })
    require('node:fs').writeFileSync(process.argv[1] + '.new', String(pid))
    require('node:fs').renameSync(process.argv[1] + '.new', process.argv[1])
    setTimeout(() => undefined, 600_000)`
  const run = host.run([process.execPath, '-e', script, file], { signal: interrupt.signal, timeoutMs: 1_000_000 })
  const stopped = expect(run).rejects.toMatchObject({ code: 'interrupted' })
  await expect.poll(() => existsSync(file), { timeout: 60_000 }).toBe(true)
  const holder = await readFile(file, 'utf8')
  onTestFinished(() => killNow(holder))
  // No wait of ours ends from here on but by an event.
  vi.useFakeTimers({ toFake: ['setTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  interrupt.abort()
  await stopped
  expect(alive(pidOf(holder))).toBe(true)
})

describe('a spawned program', () => {
  it('gives its lines, the last one also without a newline', async () => {
    const child = await host.spawn(['printf', 'a\\n\\nb'])
    const lines: string[] = []
    for await (const line of child.lines) lines.push(line)
    expect(lines).toEqual(['a', '', 'b'])
    expect(await child.exit).toEqual({ status: 0 })
  })

  it('is held back by a slow reader, and loses nothing', async () => {
    const child = await host.spawn([
      'sh',
      '-c',
      'i=0; while [ $i -lt 300 ]; do printf "%20000d\\n" $i; i=$((i+1)); done',
    ])
    let next = 0
    for await (const line of child.lines) {
      expect(Number(line)).toBe(next)
      next += 1
      if (next === 5) await host.run(['true'])
    }
    expect(next).toBe(300)
  })

  it('is not held back when nobody reads', async () => {
    const child = await host.spawn([
      'sh',
      '-c',
      'head -c 20000000 /dev/zero | tr "\\0" "x" | fold -w 1000; echo end >&2',
    ])
    expect(await child.exit).toEqual({ status: 0 })
    expect(child.tail().at(-1)).toMatch(/^(end|x+)$/)
    expect(child.tail()).toHaveLength(40)
    const late = async (): Promise<void> => {
      for await (const _ of child.lines);
    }
    await expect(late()).rejects.toThrow('must be read as they come')
  })

  it('has its lines cut off at 4 MiB with an error instead of filling the memory', async () => {
    const child = await host.spawn(['sh', '-c', 'head -c 6000000 /dev/zero | tr "\\0" "x"; echo'])
    await expect(first(child.lines)).rejects.toThrow('must have at most 4194304 bytes')
    expect((await child.exit).status).toBe(0)
  })

  it('keeps the last 40 lines of stderr', async () => {
    const child = await host.spawn(['sh', '-c', 'i=0; while [ $i -lt 50 ]; do echo line $i >&2; i=$((i+1)); done'])
    await child.exit
    expect(child.tail()).toEqual(Array.from({ length: 40 }, (_, index) => `line ${index + 10}`))
  })

  it('ends with everything it started, asked first', async () => {
    const child = await host.spawn(['sh', '-c', 'trap "exit 9" TERM; sleep 60 & echo $!; wait'])
    const pid = pidOf(await first(child.lines))
    expect(await child.stop()).toEqual({ status: 9 })
    await expect.poll(() => dead(pid)).toBe(true)
  })

  it('is forced when it does not heed being asked', async () => {
    const child = await host.spawn(['sh', '-c', 'trap "" TERM; echo up; sleep 60 & wait; sleep 60'])
    await first(child.lines)
    expect(await child.stop(50)).toEqual({ signal: 'SIGKILL' })
    expect(await child.stop(50)).toEqual({ signal: 'SIGKILL' })
  })

  it('can be stopped while it is paused', async () => {
    const child = await host.spawn(['sleep', '60'])
    child.signal('SIGSTOP')
    expect(await child.stop()).toEqual({ signal: 'SIGTERM' })
  })

  it('ends for us when it has ended, though a grandchild in a session of its own still holds its output', async () => {
    // FreeBSD has no setsid(1); `detached` makes a session too.
    const script = `require('node:child_process').spawn('sh', ['-c', 'echo $$; exec sleep 60'], { detached: true, stdio: ['ignore', 1, 2] })
      process.stdin.once('data', () => process.exit(0))`
    const child = await host.spawn([process.execPath, '-e', script])
    const lines: string[] = []
    for await (const line of child.lines) {
      lines.push(line)
      child.write('it is up\n')
    }
    expect(await child.exit).toEqual({ status: 0 })
    killNow(lines[0] ?? '')
  })

  it('does not bring us down when it closes its input early', async () => {
    const child = await host.spawn(['sh', '-c', 'exec <&-; echo closed; exec sleep 60'])
    await first(child.lines)
    child.write('x'.repeat(1_000_000))
    child.closeInput()
    expect(await child.stop()).toEqual({ signal: 'SIGTERM' })
    expect(child.tail().join()).toMatch(/its input is closed/)
  })
})

describe('putting files', () => {
  it('makes folders 0700 and files 0600', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-put-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    await host.put({ 'a/b/c.txt': 'text', d: Uint8Array.of(0, 255) }, join(folder, 'new'))
    expect(await readFile(join(folder, 'new/a/b/c.txt'), 'utf8')).toBe('text')
    expect([...(await readFile(join(folder, 'new/d')))]).toEqual([0, 255])
    const mode = async (path: string): Promise<number> => (await stat(join(folder, path))).mode & 0o777
    expect([await mode('new'), await mode('new/a/b'), await mode('new/a/b/c.txt')]).toEqual([0o700, 0o700, 0o600])
  })

  it.each(['../x', '/etc/x', 'a/../../x', '', 'a//b', './x', 'a\0b', 'a\nb', '-rf', 'a/-x'])(
    'refuses the name %j',
    async (name) => {
      const folder = join(tmpdir(), 'bench-never-made')
      await expect(host.put({ [name]: 'x' }, folder)).rejects.toThrow('file name must be relative')
      expect(existsSync(folder)).toBe(false)
    },
  )

  it.each(['relative', '/tmp/../etc', ''])('refuses the directory %j', async (directory) => {
    await expect(host.put({ a: 'x' }, directory)).rejects.toThrow('directory must be absolute')
  })

  it('says whose limit it is that a file may be no larger', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'bench-put-'))
    onTestFinished(() => rm(folder, { recursive: true }))
    const program = `
      import { localHost } from ${JSON.stringify(new URL('local.ts', import.meta.url).href)}
      const put = localHost().put({ large: 'x'.repeat(100_000) }, ${JSON.stringify(folder)})
      await put.catch(({ code, message, hint }) => console.log(code, message, hint))`
    const limited = 'ulimit -f 1 && exec "$0" --input-type=module -e "$1"'
    const { stdout } = await host.run(['sh', '-c', limited, process.execPath, program])
    expect(stdout).toMatch(/^io files below .* must be writable, got EFBIG.* \(ulimit -f\)/)
  })
})
