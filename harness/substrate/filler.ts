/** A file that takes all the room that is left on the file system of a node's store, and gives it back. */
import { BenchError } from '../model/error.ts'
import type { Journal, JournalEntry } from '../model/journal.ts'
import type { Fillable, LiveNode } from './substrate.ts'

export const fillerKind = 'filler'

const name = '.bench-filler'
/** In halves by fallocate, which writes nothing; the rest, and all where there is no such program, by writing. Then a write must fail. */
const fill = `
file=$1/$2
: >"$file" || exit 1
size=$(df -kP "$1" | { read -r head; read -r device blocks used free rest; echo "$free"; })
at=0
while [ "\${size:-0}" -gt 0 ]; do
  if fallocate -o "$((at * 1024))" -l "$((size * 1024))" "$file" 2>/dev/null; then at=$((at + size)); else size=$((size / 2)); fi
done
dd if=/dev/zero bs=4096 >>"$file" 2>/dev/null
if dd if=/dev/zero of="$1/$2-probe" bs=65536 count=1 2>/dev/null; then full=no; else full=yes; fi
rm -f "$1/$2-probe"
[ "$full" = yes ]`
/** UFS with soft updates has removed blocks back a moment later, or when it is synced. The server may have taken them by then. */
const empty = `
rm -f "$1/$2"
for turn in 1 2 3 4 5; do
  if dd if=/dev/zero of="$1/$2-probe" bs=65536 count=1 2>/dev/null; then break; fi
  sync
done
rm -f "$1/$2-probe"
[ ! -e "$1/$2" ]`

export interface FillerRequest {
  /** Of the node, for messages. */
  readonly node: string
  readonly run: string
  readonly journal: Journal
  /** The file system, as a script in the node sees it. */
  readonly path: string
  /** Runs a script of sh with these arguments where the file system is → status, and what it said. */
  readonly script: (
    text: string,
    words: readonly string[],
  ) => Promise<{ readonly status: number; readonly said: string }>
}

/** Runs them in a node: links that its programs have laid lead nowhere else there. */
export function scriptIn(spawn: LiveNode['spawn']): FillerRequest['script'] {
  return async (text, words) => {
    const child = await spawn(['/bin/sh', '-c', text, 'sh', ...words])
    child.closeInput()
    const { status = 1 } = await child.exit
    return { status, said: child.tail().join('; ') }
  }
}

/** And `left`: the file system is gone, and with it the file. */
export function filler(request: FillerRequest): Fillable & { readonly left: () => Promise<void> } {
  const { node, run, journal, path, script } = request
  let open: JournalEntry | undefined
  const gone = async () => {
    if (open !== undefined) await journal.gone(open)
    open = undefined
  }
  const drain = async () => {
    if (open === undefined) return
    const { status, said } = await script(empty, [path, name])
    if (status !== 0) throw new BenchError('os', `disk of node ${node} must have its room back, got ${said}`)
    await gone()
  }
  return {
    async fill() {
      open ??= await journal.will(fillerKind, `${path}/${name}`, { run, node })
      const { status, said } = await script(fill, [path, name])
      if (status === 0) return
      await drain()
      throw new BenchError('os', `disk of node ${node} must be full, got one that still took 64 KiB`, {
        lines: said === '' ? [] : [said],
      })
    },
    drain,
    left: gone,
  }
}
