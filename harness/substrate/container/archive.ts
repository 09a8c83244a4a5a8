/** The part of tar (POSIX ustar) that is needed to give files to an engine and to take one out: plain files and folders, owner root. */
import { archiveOf, paddingBytes, tarBlock, tarFile, tarFolder } from '../../host/tar.ts'
import { BenchError } from '../../model/error.ts'

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
    parts.push(...tarFile(path, programs ? 0o700 : 0o600, content))
  }
  return archiveOf([...[...folders].sort().map((folder) => tarFolder(folder, 0o700)), ...parts])
}

/** An archive without files: the root file system of a thin node. */
export function emptyArchive(): Buffer {
  return archiveOf([])
}

/** The content of the first plain file in a tar; undefined when there is none. */
export function firstFile(tar: Buffer): Buffer | undefined {
  for (let at = 0; at + tarBlock <= tar.length;) {
    const size = parseInt(tar.toString('latin1', at + 124, at + 136).replace(/\0.*$/, ''), 8)
    const kind = tar[at + 156]
    if (Number.isNaN(size)) return undefined
    if (kind === 0x30 || kind === 0) return tar.subarray(at + tarBlock, at + tarBlock + size)
    at += tarBlock + size + paddingBytes(size)
  }
  return undefined
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
