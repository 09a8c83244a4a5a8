/** What a nats-server program says it is, and what its file is. */
import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Host } from '../host/host.ts'
import { known } from '../model/known.ts'
import { BenchError } from '../model/error.ts'

export interface Identity {
  /** As `nats-server --version` says, without the `v`. */
  readonly version: string
  readonly goVersion?: string
  readonly sha256?: string
}

/** Text says why it is none. */
export async function identify(host: Host, path: string): Promise<Identity | string> {
  const said = await host.run([path, '--version'], { accept: 'any', timeoutMs: 20_000 }).catch((error: unknown) => {
    if (!(error instanceof Error) || (error instanceof BenchError && error.code === 'interrupted')) throw error
    return error.message
  })
  if (typeof said === 'string') return said
  const version = parseVersion(said.stdout)
  if (said.status !== 0 || version === undefined) return `it does not answer --version as nats-server does`
  return { version, ...(await (host.name === 'local' ? ofFile(path) : ofRemoteFile(host, path))) }
}

/** `nats-server: v2.15.2` */
export function parseVersion(text: string): string | undefined {
  return /^nats-server: v?(\d+\.\d+\.\d+\S*)\s*$/m.exec(text)?.[1]
}

async function ofFile(path: string): Promise<Omit<Identity, 'version'>> {
  const data = await readFile(path)
  return { sha256: createHash('sha256').update(data).digest('hex'), ...known({ goVersion: goVersionOf(data) }) }
}

/** Linux has sha256sum, FreeBSD sha256. What the host cannot say is left out. */
async function ofRemoteFile(host: Host, path: string): Promise<Omit<Identity, 'version'>> {
  const [sum, go] = await Promise.all([
    host.run(['sh', '-c', 'sha256sum -- "$1" 2>/dev/null || sha256 -q "$1" 2>/dev/null; :', 'sh', path]),
    host.run(['sh', '-c', 'go version "$1" 2>/dev/null; :', 'sh', path]),
  ])
  const sha256 = /^[0-9a-f]{64}\b/.exec(sum.stdout)?.[0]
  const goVersion = /: (go\S+)/.exec(go.stdout)?.[1]
  return known({ sha256, goVersion })
}

const buildInfoMagic = Buffer.from('\xff Go buildinf:', 'latin1')

/**
 * The Go version inside a program, as debug/buildinfo of Go's standard library reads it: a block that begins with the
 * magic; since Go 1.18 flag 2 says that the version follows at byte 32, its length as a varint before it.
 */
export function goVersionOf(program: Buffer): string | undefined {
  for (let at = program.indexOf(buildInfoMagic); at >= 0; at = program.indexOf(buildInfoMagic, at + 1)) {
    const flags = program[at + 15] ?? 0
    const length = program[at + 32] ?? 0
    // A version is shorter than 128 bytes, so its varint is one byte. Go keeps the block at multiples of 16.
    if (at % 16 !== 0 || (flags & 2) === 0 || length === 0 || length > 127) continue
    const text = program.toString('latin1', at + 33, at + 33 + length)
    if (/^(go\d|devel)/.test(text)) return text
  }
  return undefined
}
