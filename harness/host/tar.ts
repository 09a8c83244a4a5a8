/** Files → a tar archive, to be unpacked at the other end of a pipe. POSIX ustar, owner root. */
import { BenchError } from '../model/error.ts'

export const tarBlock = 512

/** Files 0600. */
export function tarOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  return archiveOf(Object.entries(files).flatMap(([name, content]) => tarFile(name, 0o600, content)))
}

/** Its parts with the end behind them. */
export function archiveOf(parts: readonly Buffer[]): Buffer {
  return Buffer.concat([...parts, Buffer.alloc(2 * tarBlock)])
}

export function tarFile(path: string, mode: number, content: string | Uint8Array): readonly Buffer[] {
  const bytes = Buffer.from(content)
  return [header(path, mode, bytes.length, '0'), bytes, Buffer.alloc(paddingBytes(bytes.length))]
}

export function tarFolder(path: string, mode: number): Buffer {
  return header(`${path}/`, mode, 0, '5')
}

/** Bytes behind a file up to the next block. */
export function paddingBytes(size: number): number {
  return (tarBlock - (size % tarBlock)) % tarBlock
}

function header(path: string, mode: number, size: number, kind: '0' | '5'): Buffer {
  const { name, prefix } = split(path)
  const bytes = Buffer.alloc(tarBlock)
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
