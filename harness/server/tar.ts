/** One file out of a .tar.gz, in memory. POSIX ustar: blocks of 512 bytes, sizes in octal. */
import { gunzipSync } from 'node:zlib'
import { BenchError, reasonOf } from '../model/error.ts'

const block = 512
/** No release comes near; keeps a hostile archive from filling the memory. */
const unpackedBytes = 512 * 1024 * 1024

/** Throws `io` for an archive that is damaged or does not have the file. */
export function fileFromTarGz(archive: Uint8Array, name: string): Buffer {
  const data = unzip(archive)
  for (let at = 0; at + block <= data.length;) {
    const header = data.subarray(at, at + block)
    if (header.every((byte) => byte === 0)) break
    const size = parseInt(text(header, 124, 12), 8)
    const type = text(header, 156, 1)
    const end = at + block + size
    if (!Number.isInteger(size) || size < 0 || end > data.length) throw damaged('a header with a wrong size')
    const prefix = text(header, 345, 155)
    const path = `${prefix === '' ? '' : `${prefix}/`}${text(header, 0, 100)}`.replace(/^\.\//, '')
    if (path === name && (type === '0' || type === '')) return data.subarray(at + block, end)
    at += block + Math.ceil(size / block) * block
  }
  throw damaged(`no file ${name}`)
}

function unzip(archive: Uint8Array): Buffer {
  try {
    return gunzipSync(archive, { maxOutputLength: unpackedBytes })
  } catch (error) {
    throw damaged(reasonOf(error))
  }
}

function text(header: Buffer, from: number, length: number): string {
  const field = header.toString('latin1', from, from + length)
  const end = field.indexOf('\0')
  return (end < 0 ? field : field.slice(0, end)).trim()
}

function damaged(what: string): BenchError {
  return new BenchError('io', `archive must be a whole .tar.gz with the program inside, got ${what}`)
}
