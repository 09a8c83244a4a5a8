/** Takes all the room that is left on the file system of a node's store by a file, and gives it back. */
import { BenchError } from '../model/error.ts'
import type { JournalEntry } from '../model/journal.ts'
import type { OnNode } from './on-node.ts'
import type { Fillable, LiveNode } from './substrate.ts'

export const fillerKind = 'filler'

const name = '.bench-filler'
/**
 * Takes room by fallocate, which writes nothing, in smaller and smaller parts. What is left is written by dd. Then a write must fail.
 * FreeBSD has no fallocate(1), so dd takes seconds there; UFS with soft updates frees what a server removes in that time only afterwards.
 * That is taken too.
 */
const fill = `
file=$1/$2
: >"$file" || exit 1
size=$(df -kP "$1" | { read -r head; read -r device blocks used free rest; echo "$free"; })
at=0
while [ "\${size:-0}" -gt 0 ]; do
  if fallocate -o "$((at * 1024))" -l "$((size * 1024))" "$file" 2>/dev/null; then at=$((at + size)); else size=$((size / 2)); fi
done
full=no
for turn in 1 2 3 4 5 6 7 8 9 10; do
  dd if=/dev/zero bs=4096 >>"$file" 2>/dev/null
  dd if=/dev/zero of="$1/$2-probe" bs=65536 count=1 2>/dev/null || full=yes
  rm -f "$1/$2-probe"
  [ "$full" = yes ] && exit 0
  sync
done
exit 1`
/** UFS with soft updates frees removed blocks a moment later, or at a sync. The server may have taken them by then. */
const empty = `
rm -f "$1/$2"
for turn in 1 2 3 4 5; do
  if dd if=/dev/zero of="$1/$2-probe" bs=65536 count=1 2>/dev/null; then break; fi
  sync
done
rm -f "$1/$2-probe"
[ ! -e "$1/$2" ]`

export interface FillerRequest extends Omit<OnNode, 'host'> {
  /** The file system, as a script in the node sees it. */
  readonly path: string
  /** Runs a script of sh with these arguments where the file system is → its status and what it printed. */
  readonly script: (
    text: string,
    words: readonly string[],
  ) => Promise<{ readonly status: number; readonly said: string }>
}

/** Runs the scripts inside the node, so that links made by its programs cannot lead to files of the host. */
export function scriptIn(spawn: LiveNode['spawn']): FillerRequest['script'] {
  return async (text, words) => {
    const child = await spawn(['/bin/sh', '-c', text, 'sh', ...words])
    child.closeInput()
    const { status = 1 } = await child.exit
    return { status, said: child.tail().join('; ') }
  }
}

/** `left` is called when the file system is gone: the file is gone with it, and its journal entry is closed. */
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
