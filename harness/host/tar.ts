/** Files → a tar archive, to be unpacked at the other end of a pipe. POSIX ustar, files 0600. */
import { BenchError } from '../model/error.ts'

const block = 512

export function tarOf(files: Readonly<Record<string, string | Uint8Array>>): Buffer {
  const parts = Object.entries(files).flatMap(([name, content]) => {
    const data = Buffer.from(content)
    return [header(name, data.length), data, Buffer.alloc((block - (data.length % block)) % block)]
  })
  return Buffer.concat([...parts, Buffer.alloc(2 * block)])
}

function header(path: string, size: number): Buffer {
  const { prefix, name } = split(path)
  const data = Buffer.alloc(block)
  const octal = (value: number, at: number, length: number): void => {
    data.write(value.toString(8).padStart(length - 1, '0'), at, 'latin1')
  }
  data.write(name, 0)
  octal(0o600, 100, 8)
  octal(0, 108, 8)
  octal(0, 116, 8)
  octal(size, 124, 12)
  octal(0, 136, 12)
  data.fill(' ', 148, 156)
  data.write('0', 156)
  data.write('ustar\u000000', 257, 'latin1')
  data.write(prefix, 345)
  octal(
    data.reduce((sum, byte) => sum + byte, 0),
    148,
    7,
  )
  return data
}

/** 100 bytes of name and 155 of folder are what the format has room for. */
function split(path: string): { readonly prefix: string; readonly name: string } {
  if (Buffer.byteLength(path) <= 100) return { prefix: '', name: path }
  for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1)) {
    const [prefix, name] = [path.slice(0, at), path.slice(at + 1)]
    if (Buffer.byteLength(prefix) <= 155 && Buffer.byteLength(name) <= 100) return { prefix, name }
  }
  throw new BenchError('bug', `file name must have at most 100 bytes after its folder, got ${path}`)
}
