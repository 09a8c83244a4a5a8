/** The upstream release of nats-server for a platform, downloaded with its digest checked. */
import { createHash } from 'node:crypto'
import { join } from 'node:path/posix'
import { patiently } from '../host/patience.ts'
import { BenchError } from '../model/error.ts'
import { keepInCache, withPartFolder } from './cache.ts'
import { download } from './download.ts'
import { identify } from './identity.ts'
import { fileFromTarGz } from './tar.ts'
import type { Obtained, Wanted } from './obtain.ts'

const releases = 'https://github.com/nats-io/nats-server/releases/download'
const mebibyte = 1024 * 1024

/** Answers as a Way of obtain.ts: the program, or why not. NATS_SERVER_RELEASES names a mirror of the same layout. */
export async function installRelease(wanted: Wanted): Promise<Obtained | string> {
  const { host, cache, version, env, say } = wanted
  if (wanted.ref !== undefined) return `${wanted.ref} is no release`
  const base = `${(env['NATS_SERVER_RELEASES'] ?? releases).replace(/\/+$/, '')}/v${version}`
  const name = `nats-server-v${version}-${cache.platform}`
  const archive = `${name}.tar.gz`
  const signal = wanted.signal === undefined ? {} : { signal: wanted.signal }
  // The small file first: an offline machine is found out within its short limit.
  const sums = await download(`${base}/SHA256SUMS`, { bytes: mebibyte, answerMs: 5000, wholeMs: 20_000, ...signal })
  const wantedSum = digestOf(sums.toString('utf8'), archive)
  if (wantedSum === undefined) return `release ${version} has no ${archive}`
  say(`downloading nats-server ${version} for ${cache.platform}`)
  const limits = { bytes: 200 * mebibyte, answerMs: 20_000, wholeMs: 300_000, ...signal }
  const data = await patiently(say, `download of nats-server ${version}`, () => download(`${base}/${archive}`, limits))
  const sum = createHash('sha256').update(data).digest('hex')
  if (sum !== wantedSum) {
    throw new BenchError('io', `${archive} must have SHA-256 ${wantedSum}, got ${sum}`, {
      hint: 'the download was damaged or the file was replaced; it was not used',
    })
  }
  const program = fileFromTarGz(data, `${name}/nats-server`)
  const origin = `download (${base}/${archive})`
  return withPartFolder(host, cache, async (folder) => {
    await host.put({ 'nats-server': program }, folder)
    const part = join(folder, 'nats-server')
    await host.run(['chmod', '700', part])
    const identity = await identify(host, part)
    if (typeof identity === 'string') return `${archive}: ${identity}`
    if (identity.version !== version) return `${archive} holds version ${identity.version}`
    return { ...identity, path: await keepInCache(host, part, cache, version, origin), origin }
  })
}

/** A line of SHA256SUMS: digest, two blanks (or blank and star), file name. */
export function digestOf(sums: string, file: string): string | undefined {
  for (const line of sums.split('\n')) {
    const match = /^([0-9a-f]{64})\s+\*?(?:.*\/)?([^/\s]+)\s*$/i.exec(line)
    if (match?.[2] === file) return match[1]?.toLowerCase()
  }
  return undefined
}
