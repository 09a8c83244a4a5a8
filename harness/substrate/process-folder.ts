/** Folders of a run on a host: made with our mark, a file, inside, and removed only where the mark is there. */
import { BenchError } from '../model/error.ts'
import type { Host } from '../host/host.ts'

/** Holds the run id. */
const markName = '.bench-run'

/** These scripts never change; paths and run id are given as arguments. */
const make = `
umask 077
{ [ -e "$1" ] || [ -L "$1" ]; } && exit 3
mkdir -p -- "$(dirname -- "$1")" && mkdir -- "$1" && printf "%s\\n" "$2" >"$1/$3"`
const owned = '[ -f "$1/$3" ] && [ "$(cat -- "$1/$3")" = "$2" ]'
/**
 * The mark is removed last, so that a removal that was interrupted can be repeated. Without the mark only an empty folder is removed.
 * Two removals may run at once (a sweep, and one that a killed runner had begun): each tries again until all is gone.
 */
const remove = `
there() { [ -e "$1" ] || [ -L "$1" ]; }
tries=0
while there "$1"; do
  tries=$((tries + 1))
  [ "$tries" -le 20 ] || { rmdir -- "$1"; exit 1; }
  if [ ! -d "$1" ] || [ -L "$1" ]; then
    there "$1" && exit 3
  elif [ -f "$1/$3" ] && [ "$(cat -- "$1/$3" 2>/dev/null)" = "$2" ]; then
    find "$1" -mindepth 1 -maxdepth 1 ! -name "$3" -exec rm -rf -- {} + 2>/dev/null && rm -f -- "$1/$3" && rmdir -- "$1" 2>/dev/null
  else
    rmdir -- "$1" 2>/dev/null || { [ -n "$(ls -A -- "$1" 2>/dev/null)" ] && exit 3; }
  fi
done
exit 0`

/** False when something of that name is there already. Folders above it are made where they are missing. */
export async function makeFolder(host: Host, path: string, run: string): Promise<boolean> {
  const { status } = await host.run(['sh', '-c', make, 'sh', path, run, markName], { accept: [0, 3] })
  return status === 0
}

export async function isOurs(host: Host, path: string, run: string): Promise<boolean> {
  return (await host.run(['sh', '-c', owned, 'sh', path, run, markName], { accept: [0, 1] })).status === 0
}

/** That it is gone already is no error. Throws naming a folder that is not ours. */
export async function removeFolder(host: Host, path: string, run: string): Promise<void> {
  const { status } = await host.run(['sh', '-c', remove, 'sh', path, run, markName], { accept: [0, 3] })
  if (status === 3) {
    throw new BenchError('os', `folder ${path} must carry the mark of run ${run}, got none`, {
      hint: 'it was not made by this run; look at it and remove it by hand',
    })
  }
}
