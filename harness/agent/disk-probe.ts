/**
 * What a write that is synced takes on a disk.
 *
 *   node disk-probe.cjs FOLDER MS COUNT   writes 4 KiB and calls fsync, at most COUNT times, 50 ms from start to start, none begun after MS;
 *                                         `{"writeNs":[...]}`, a time for each write, sorted
 *   ... waiting                           says `{"ready":true}`, and writes when something comes on stdin
 *
 * The file is new, grows by each write, and is removed at the end. The time of the first write has the making of the file in it, for on
 * a disk that hangs that waits already.
 */
import { once } from 'node:events'
import { open, rm, type FileHandle } from 'node:fs/promises'

const everyMs = 50
const block = Buffer.alloc(4096, 1)

const [folder = '.', ms = '0', count = '0', how] = process.argv.slice(2)
const path = `${folder}/.bench-probe`

async function probe(): Promise<void> {
  const writeNs: number[] = []
  let file: FileHandle | undefined
  if (how === 'waiting') {
    process.stdout.write('{"ready":true}\n')
    await once(process.stdin, 'data')
    process.stdin.destroy()
  }
  try {
    const until = performance.now() + Number(ms)
    for (let due = performance.now(); writeNs.length < Number(count) && due < until; due += everyMs) {
      const wait = due - performance.now()
      if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait))
      else due = performance.now()
      if (performance.now() > until) break
      const from = process.hrtime.bigint()
      file ??= await open(path, 'w')
      await file.write(block)
      await file.sync()
      writeNs.push(Number(process.hrtime.bigint() - from))
    }
  } finally {
    await file?.close()
    await rm(path, { force: true })
  }
  process.stdout.write(`${JSON.stringify({ writeNs: writeNs.sort((a, b) => a - b) })}\n`)
}

void probe()
