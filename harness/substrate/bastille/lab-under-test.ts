/**
 * Where jail tests can run: on FreeBSD as it is, or on Linux in a lab that runs the real Bastille scripts against
 * stand-ins for FreeBSD's commands. The lab is beside the checkout (`../shared/lab/bastille`, or BENCH_JAIL_LAB) and
 * the scripts are wherever BASTILLE_TREE says (several trees: joined by colons); neither is part of this repository.
 */
import { chmod, cp, mkdir, mkdtemp, readFile, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { localHost } from '../../host/local.ts'
import type { Finished } from '../../host/host.ts'

export type Place =
  | { readonly kind: 'here' }
  | { readonly kind: 'lab'; readonly lab: string; readonly trees: readonly string[] }
  | { readonly kind: 'nowhere'; readonly because: string }

type Env = Readonly<Record<string, string | undefined>>

export async function jailPlace(env: Env): Promise<Place> {
  const { stdout } = await localHost().run(['uname', '-s'])
  if (stdout.trim() === 'FreeBSD') return { kind: 'here' }
  const trees = (env['BASTILLE_TREE'] ?? '').split(':').filter((tree) => tree !== '')
  if (trees.length === 0)
    return { kind: 'nowhere', because: 'this is not FreeBSD, and BASTILLE_TREE names no checkout' }
  const missing = trees.find((tree) => !existsSync(join(tree, 'usr/local/bin/bastille')))
  if (missing !== undefined)
    return { kind: 'nowhere', because: `BASTILLE_TREE: ${missing} holds no usr/local/bin/bastille` }
  const lab = env['BENCH_JAIL_LAB'] ?? resolve(import.meta.dirname, '../../../../shared/lab/bastille')
  if (!existsSync(join(lab, 'lab')))
    return { kind: 'nowhere', because: `there is no lab in ${lab}; BENCH_JAIL_LAB names one` }
  return { kind: 'lab', lab, trees }
}

/**
 * Settings of the jails that a test makes: `network` from BENCH_JAIL_NETWORK, and `packages` from BENCH_JAIL_PACKAGES, a folder of the
 * host with a repository of pkg(8), for a FreeBSD host whose jails reach no package server.
 */
export function jailSettings(env: Env): Readonly<Record<string, string>> {
  const names = { network: 'BENCH_JAIL_NETWORK', packages: 'BENCH_JAIL_PACKAGES' }
  return Object.fromEntries(
    Object.entries(names).flatMap(([key, name]) => (env[name] === undefined ? [] : [[key, env[name]]])),
  )
}

export interface JailLab {
  /** Runs a command inside, in a folder, to its end; any status is an answer. */
  run(command: readonly string[], cwd: string, env?: Readonly<Record<string, string>>): Promise<Finished>
  down(): Promise<void>
}

export interface LabOptions {
  readonly tree: string
  readonly zfs: boolean
  /** Folder of NAME/usr/local/... trees that `pkg install NAME` copies; without it small pretend programs are used. */
  readonly packages?: string
}

/** What `pkg` has when no real programs are given: enough for images, which only ask for versions. */
const pretendPackages: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  node24: { node: '#!/bin/sh\necho v24.0.0\n' },
  'nats-server': { 'nats-server': '#!/bin/sh\necho "nats-server: v2.15.2"\n' },
  natscli: { nats: '#!/bin/sh\necho 0.5.1\n' },
}

/** In the lab a memory disk is a file on a loop device of Linux, and UFS is ext4: it is really mounted and really full. */
const mdconfig = `#!/bin/bash
state=/var/run/bastille-lab/md
mkdir -p "$state"
case "$1" in
  -lv) for each in "$state"/md*.label; do [ -e "$each" ] && printf '%s\\tswap\\t    1M\\t-\\t%s\\t\\n' "$(basename "$each" .label)" "$(cat "$each")"; done; exit 0 ;;
  -d) rm "/dev/$3" "$state/$3.label" "$state/$3" && losetup -d "$(cat "$state/$3.loop")" ;;
  -a)
    unit=0
    while [ -e "/dev/md$unit" ] || [ -L "/dev/md$unit" ]; do unit=$((unit + 1)); done
    truncate -s "\${5%b}" "$state/md$unit" && printf '%s' "$7" >"$state/md$unit.label"
    losetup -f --show "$state/md$unit" >"$state/md$unit.loop" && ln -s "$(cat "$state/md$unit.loop")" "/dev/md$unit" && echo "md$unit" ;;
  *) exit 64 ;;
esac
`

/** mount(8) of FreeBSD lists datasets too; the lab's are plain folders, which Linux does not list. */
const mount = `#!/bin/bash
bin=$(dirname "$0")
"$bin/../own/mount" "$@" || exit
[ $# = 0 ] || exit 0
"$bin/zfs" list -H -o name -t filesystem -r tank | while read -r name; do
  printf '%s on %s (zfs, local, nfsv4acls)\\n' "$name" "$("$bin/zfs" get -H -o value mountpoint "$name")"
done
`

/** Stand-ins for commands of FreeBSD's base system that we add to the copy of the lab. */
const additions: Readonly<Record<string, string>> = {
  mdconfig,
  mount,
  newfs: '#!/bin/bash\nexec mkfs.ext4 -q -F -m 0 "${!#}"\n',
  lockf:
    '#!/bin/bash\nt=86400\nwhile [ $# -gt 0 ]; do case "$1" in -k) shift ;; -t) t=$2; shift 2 ;; *) break ;; esac; done\nf=$1; shift\nexec flock -o -E 75 -w "$t" "$f" "$@"\n',
  devfs:
    '#!/bin/sh\n[ -e /var/run/bastille-lab/no-devfs-rules ] || printf "100 include 1\\n200 include 2\\n300 include 3\\n400 include 4\\n500 path bpf* unhide\\n"\n',
}

export async function startLab(lab: string, options: LabOptions): Promise<JailLab> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-jails-'))
  const tools = join(folder, 'tools')
  await copyTools(lab, tools)
  const packages = options.packages ?? (await makePackages(join(folder, 'packages')))
  const host = localHost()
  const env = { LAB: join(folder, 'lab'), LAB_PKGS: packages, ...(options.zfs ? { LAB_ZFS: '1' } : {}) }
  await host.run([join(tools, 'lab'), 'up', options.tree], { env, timeoutMs: 120_000 })
  return {
    run: (command, cwd, more = {}) =>
      host.run([join(tools, 'lab'), 'run', 'sh', '-c', 'cd "$0" && exec "$@"', cwd, ...command], {
        env: { ...env, XDG_STATE_HOME: join(folder, 'state'), ...more },
        accept: 'any',
        timeoutMs: 3_600_000,
      }),
    down: async () => {
      await host.run([join(tools, 'lab'), 'down'], { env })
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** A copy of the lab that may be run and changed. Links and modes, which the plain files have lost, are restored. */
async function copyTools(lab: string, tools: string): Promise<void> {
  await cp(lab, tools, { recursive: true })
  await chmod(tools, 0o755)
  for (const entry of await readdir(tools, { recursive: true, withFileTypes: true })) {
    if (!entry.isSymbolicLink()) await chmod(join(entry.parentPath, entry.name), 0o755)
  }
  const bin = join(tools, 'bin')
  for (const entry of await readdir(bin, { withFileTypes: true })) {
    const path = join(bin, entry.name)
    if (entry.isSymbolicLink() || (await readFile(path, 'utf8')).trim() !== '../bsdlab.py') continue
    await rm(path)
    await symlink('../bsdlab.py', path)
  }
  await mkdir(join(tools, 'own'))
  await symlink('../bsdlab.py', join(tools, 'own/mount'))
  // Not written through the link that may be there.
  for (const name of Object.keys(additions)) await rm(join(bin, name), { force: true })
  for (const [name, script] of Object.entries(additions)) await writeFile(join(bin, name), script, { mode: 0o755 })
}

async function makePackages(folder: string): Promise<string> {
  for (const [name, programs] of Object.entries(pretendPackages)) {
    const bin = join(folder, name, 'usr/local/bin')
    await mkdir(bin, { recursive: true })
    for (const [program, script] of Object.entries(programs))
      await writeFile(join(bin, program), script, { mode: 0o755 })
  }
  return folder
}
