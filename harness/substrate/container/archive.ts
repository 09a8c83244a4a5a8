/** The part of tar (POSIX ustar) that is needed to give files to an engine and to take one out: plain files and folders, owner root. */
import { BenchError } from '../../model/error.ts'

const block = 512

/** A tar of `files` below the absolute `directory`, relative to `/`: folders 0700, files 0600, or 0700 where `programs`. */
export function pack(
  files: Readonly<Record<string, string | Uint8Array>>,
  directory: string,
  programs: boolean = false,
): Buffer {
  const base = plainPath(directory.replace(/^\/+/, ''))
  const folders = new Set(parents(`${base}/x`))
  const parts: Buffer[] = []
  for (const [name, content] of Object.entries(files)) {
    const path = `${base}/${plainPath(name)}`
    for (const folder of parents(path)) folders.add(folder)
    const bytes = Buffer.from(content)
    parts.push(header(path, programs ? 0o700 : 0o600, bytes.length, '0'), bytes, Buffer.alloc(padding(bytes.length)))
  }
  const made = [...folders].sort().map((folder) => header(`${folder}/`, 0o700, 0, '5'))
  return Buffer.concat([...made, ...parts, Buffer.alloc(2 * block)])
}

/** An archive without files: the root file system of a thin node. */
export function emptyArchive(): Buffer {
  return Buffer.alloc(2 * block)
}

/** The content of the first plain file in a tar; undefined when there is none. */
export function firstFile(tar: Buffer): Buffer | undefined {
  for (let at = 0; at + block <= tar.length;) {
    const size = parseInt(tar.toString('latin1', at + 124, at + 136).replace(/\0.*$/, ''), 8)
    const kind = tar[at + 156]
    if (Number.isNaN(size)) return undefined
    if (kind === 0x30 || kind === 0) return tar.subarray(at + block, at + block + size)
    at += block + size + padding(size)
  }
  return undefined
}

function padding(size: number): number {
  return (block - (size % block)) % block
}

function parents(path: string): string[] {
  const parts = path.split('/').slice(0, -1)
  return parts.map((_, index) => parts.slice(0, index + 1).join('/'))
}

function plainPath(path: string): string {
  const parts = path.split('/')
  if (path === '' || path.includes('\0') || parts.some((part) => part === '' || part === '.' || part === '..')) {
    throw new BenchError('bug', `file name must be relative and plain, got ${JSON.stringify(path)}`)
  }
  return path
}

function header(path: string, mode: number, size: number, kind: '0' | '5'): Buffer {
  const { name, prefix } = split(path)
  const bytes = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1')
  bytes.write(name, 0)
  octal(mode, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  bytes.write('        ', 148, 'latin1')
  bytes.write(kind, 156, 'latin1')
  bytes.write('ustar\x0000', 257, 'latin1')
  bytes.write(prefix, 345)
  const sum = bytes.reduce((total, byte) => total + byte, 0)
  bytes.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1')
  return bytes
}

/** ustar has 100 bytes for the name and 155 bytes for the folders before it, divided at a slash. */
function split(path: string): { readonly name: string; readonly prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' }
  for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) {
    const name = path.slice(cut + 1)
    const prefix = path.slice(0, cut)
    if (name !== '' && Buffer.byteLength(name) <= 100 && Buffer.byteLength(prefix) <= 155) return { name, prefix }
  }
  throw new BenchError('bug', `file name must fit a tar header, got ${Buffer.byteLength(path)} bytes: ${path}`)
}
