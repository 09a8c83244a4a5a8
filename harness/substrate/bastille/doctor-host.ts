/** Section "the host itself": system, rights, Bastille, its folders, releases, ZFS, limits. */
import { virtualMachine } from '../../host/facts-freebsd.ts'
import { readThermals } from '../../host/thermals.ts'
import { configFolders, fail, ok, warn } from './check.ts'
import type { Ask, Check } from './check.ts'
import { configFile } from './config-file.ts'
import { listReleases, newestFor } from './release.ts'
import { appended, words } from './remedy.ts'
import type { Remedy } from './remedy.ts'
import { probeVersion, supported } from './version.ts'

const yes = (text: string) => /^(yes|true|on|1)$/i.test(text)
/** Programs of the base system that every run uses; rctl too where no limit is set, to check that none is left. */
const programs = ['jls', 'jexec', 'ifconfig', 'cpuset', 'rctl'] as const
/** Prints those of its arguments that are not on PATH, one a line. */
const missingPrograms = 'for p do command -v "$p" >/dev/null || echo "$p"; done'

export const hostChecks: readonly Check[] = [
  {
    about: 'operating system',
    answer: async (ask) => {
      const { stdout } = await ask.run('freebsd-version', '-kru')
      return ok(`FreeBSD; kernel, running kernel and userland are ${stdout.trim().split(/\s+/).join(', ')}`)
    },
  },
  {
    about: 'root',
    essential: true,
    answer: async (ask) => {
      const id = await ask.line('id', '-u')
      return id === '0'
        ? ok('jails are made by root')
        : fail(`jails are made by root, this is user ${id}`, 'sudo pnpm bench')
    },
  },
  {
    about: 'not inside a jail',
    essential: true,
    answer: async (ask) => {
      const jailed = await ask.line('sysctl', '-n', 'security.jail.jailed')
      return jailed === '1'
        ? fail('this is a jail itself and Bastille makes none in it; run it on the host, or from here with --host')
        : ok('this is the host')
    },
  },
  {
    about: 'bastille',
    essential: true,
    answer: async (ask) => {
      if ((await ask.run('sh', '-c', 'command -v bastille')).status !== 0)
        return fail('there is no bastille in PATH', packaged('bastille'))
      // 1.4.4 refuses every word, "version" included, while there is no configuration: the next line fixes that.
      if ((await ask.run('test', '-r', configFile)).status !== 0)
        return ok('is there; tells its version once it has a configuration')
      const version = await probeVersion(ask.host)
      if (version === undefined) return fail('there is no bastille in PATH', packaged('bastille'))
      const support = supported(version)
      const text = version.next ? `${version.text} (newer than 1.4.4)` : version.text
      if (support.state === 'ok') return ok(`version ${text}`)
      return { state: support.state, because: support.because, fix: support.remedy }
    },
  },
  {
    about: 'sysrc',
    essential: true,
    answer: async (ask) => {
      const { status } = await ask.run('sh', '-c', 'command -v sysrc')
      return status === 0
        ? ok('is there')
        : fail('Bastille reads its configuration with sysrc, which is missing', packaged('FreeBSD-bsdconfig'))
    },
  },
  {
    about: 'programs',
    essential: true,
    answer: async (ask) => {
      const { stdout } = await ask.run('sh', '-c', missingPrograms, 'sh', ...programs)
      const missing = stdout.split('\n').filter((name) => name !== '')
      return missing.length === 0
        ? ok(`${programs.join(', ')} are there`)
        : fail(`${missing.join(', ')} of the base system must be on PATH, got nothing there`)
    },
  },
  {
    about: 'bastille.conf',
    essential: true,
    answer: async (ask) => {
      const { status } = await ask.run('test', '-r', configFile)
      return status === 0
        ? ok(`${configFile} is readable`)
        : fail(`${configFile} is missing`, {
            commands: words(['cp', `${configFile}.sample`, configFile]),
            undo: words(['rm', '-f', configFile]),
          })
    },
  },
  { about: 'bastille folders', answer: checkFolders },
  {
    about: 'release',
    essential: true,
    answer: async (ask) => {
      const kernel = await ask.line('uname', '-r')
      const there = await listReleases(ask.host, { releases: await ask.config('bastille_releasesdir') })
      const newest = newestFor(kernel, there)
      if (newest !== undefined) return ok(`${newest} is bootstrapped and not newer than the kernel (${kernel})`)
      const wanted = kernel.replace(/-p\d+$/, '')
      return fail(
        `no bootstrapped release fits the kernel ${kernel}, there is ${there.join(', ') || 'none'}`,
        await bootstrap(ask, wanted),
      )
    },
  },
  { about: 'zfs', essential: true, answer: checkZfs },
  {
    about: 'kern.racct.enable',
    answer: async (ask) => {
      const on = (await ask.line('sysctl', '-n', 'kern.racct.enable')) === '1'
      return on
        ? ok('memory limits work; accounting itself costs a little, so the report says that it was on')
        : warn('memory limits do not work', { ...appended('/boot/loader.conf', ['kern.racct.enable=1']), reboot: true })
    },
  },
  {
    about: 'CPUs',
    answer: async (ask) => {
      const cores = await ask.line('sysctl', '-n', 'hw.ncpu')
      return Number(cores) >= 2
        ? ok(`${cores} to pin jails to`)
        : warn(`${cores || 'an unknown number'}: server and load share one, so figures are of both`)
    },
  },
  { about: 'machine', answer: checkMachine },
  { about: 'throttling', answer: checkThrottling },
]

/**
 * kern.vm_guest is `none` on bare metal, `kvm` for QEMU with hardware virtualisation, whose CPU may have "QEMU" in its name too; without
 * it, it is `generic` (identcpu.c) or, on arm64, not told.
 */
async function checkMachine(ask: Ask) {
  const [guest, board, model] = await Promise.all(
    ['kern.vm_guest', 'hw.fdt.model', 'hw.model'].map((name) => ask.line('sysctl', '-n', name)),
  )
  if (/qemu/i.test(model ?? '') && ['none', 'generic', ''].includes(guest ?? ''))
    return warn(`emulated (${model}): the times are those of the emulator and worth nothing`)
  const virtual = virtualMachine(guest, board)
  return virtual === undefined
    ? undefined
    : warn(`virtual (${virtual}): other guests of its host, or an emulator, may be seen in the numbers`)
}

/** Drivers of the CPU's temperature sensor, by the name of its maker in hw.model: coretemp(4), amdtemp(4). */
const sensors = [
  [/intel/i, 'kldload coretemp'],
  [/amd/i, 'kldload amdtemp'],
] as const

async function checkThrottling(ask: Ask) {
  const { cpuMHz, temperatureC, throttled } = await readThermals(ask.host, { os: 'FreeBSD' })
  if (temperatureC !== undefined) return ok(`the CPU is at ${temperatureC} °C; read around every measured window`)
  if (throttled !== undefined) return ok('the CPU says when it throttles; read around every measured window')
  const guest = await ask.line('sysctl', '-n', 'kern.vm_guest')
  const model = await ask.line('sysctl', '-n', 'hw.model')
  const driver = guest === 'none' ? sensors.find(([maker]) => maker.test(model))?.[1] : undefined
  return warn(
    cpuMHz === undefined
      ? 'would go unseen: neither CPU clock nor temperature can be read'
      : 'may go unseen: the CPU clock alone can be read, and most drivers give it as they set it',
    driver,
  )
}

async function checkFolders(ask: Ask) {
  const missing: string[] = []
  for (const key of configFolders) {
    const path = await ask.config(key)
    if (path === '' || (await ask.run('test', '-d', path)).status !== 0) missing.push(`${key}=${path}`)
  }
  return missing.length === 0
    ? ok('are there')
    : warn(`${missing.join(', ')} must be a folder, there is none`, 'bastille bootstrap RELEASE makes them')
}

/** Where rc.conf enables ZFS and bastille.conf does not, `bootstrap` asks whether to go on; without an answer it does not. */
async function bootstrap(ask: Ask, release: string): Promise<Remedy> {
  const run = ['bastille', 'bootstrap', release]
  return {
    commands: [(await zfsUnused(ask)) ? { run, input: 'y\n' } : { run }],
    undo: [{ run: ['bastille', 'destroy', release], input: 'y\n', when: ['sh', '-c', 'command -v bastille'] }],
  }
}

function packaged(name: string): Remedy {
  return { commands: words(['pkg', 'install', '-y', name]), undo: words(['pkg', 'delete', '-y', name]) }
}

async function zfsUnused(ask: Ask): Promise<boolean> {
  return yes(await ask.rc('zfs_enable')) && !yes(await ask.config('bastille_zfs_enable'))
}

/** The command that names the pool: the only one of the host, or of several one that the operator must choose. Undefined without a pool. */
async function choosePool(ask: Ask, more = ''): Promise<string | undefined> {
  const { status, stdout } = await ask.run('zpool', 'list', '-H', '-o', 'name')
  const pools = status === 0 ? stdout.split('\n').filter((name) => name !== '') : []
  const [first] = pools
  if (first === undefined) return undefined
  const command = `sysrc -f ${configFile} ${more}bastille_zfs_zpool=`
  return pools.length === 1 ? `${command}${first}` : `${command}POOL (one of ${pools.join(', ')})`
}

async function checkZfs(ask: Ask) {
  const pool = await ask.config('bastille_zfs_zpool')
  if (!yes(await ask.config('bastille_zfs_enable'))) {
    if (!(await zfsUnused(ask))) return ok('not used: jails are copied file by file')
    const command = await choosePool(ask, 'bastille_zfs_enable=YES ')
    return command === undefined
      ? ok('enabled on the host, which has no pool: jails are copied file by file')
      : warn('the host uses ZFS and Bastille does not: bootstrap asks, and jails are copied file by file', command)
  }
  if (pool === '') return fail('bastille_zfs_enable is set without a pool', await choosePool(ask))
  const { status } = await ask.run('zfs', 'list', '-H', '-o', 'name', pool)
  if (status === 127) return fail('bastille_zfs_enable is set, and zfs must be on PATH, got nothing there')
  if (status !== 0) return fail(`pool ${pool} of bastille.conf must exist, it does not`, await choosePool(ask))
  const encryption = await ask.line('zfs', 'get', '-H', '-o', 'value', 'encryption', pool)
  return encryption === 'off' || encryption === '-' || encryption === ''
    ? ok(`pool ${pool}`)
    : warn(`pool ${pool} is encrypted: clones fail without a word before Bastille 1.4.4`, 'pkg upgrade -y bastille')
}
