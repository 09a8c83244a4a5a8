/** The device under a folder of a FreeBSD host: what is it, and of which kind? Copies of jails and JetStream live by it. */
import { answer } from './facts.ts'
import type { Asked } from './facts.ts'

/** Drivers by their manual pages: mmcsd(4), nda(4), nvd(4), ada(4), da(4), virtio_blk(4), md(4). */
const kinds: readonly (readonly [driver: RegExp, kind: (descr: string) => string])[] = [
  // mmc_format_card_id_string of sys/dev/mmc/mmc.c: SD, SDHC, MMC, MMCHC first.
  [/^mmcsd|^sdda/, (descr) => (descr.startsWith('SD') ? 'SD card' : descr.startsWith('MMC') ? 'eMMC' : 'SD or eMMC')],
  [/^(nda|nvd)/, () => 'NVMe'],
  [/^ada/, () => 'SATA'],
  [/^da/, () => 'USB or SCSI'],
  [/^vtbd/, () => 'virtual'],
  [/^md/, () => 'memory disk'],
]

/** `SDHC SU32G 8.0 (mmcsd0, SD card, 30G)`; several where a pool has several. Undefined where it cannot be told. */
export async function storageOf(host: Asked, folder: string): Promise<string | undefined> {
  const [source = '', type] = lastLine(await answer(host, ['df', '-T', folder])).split(/\s+/)
  const devices =
    type === 'zfs'
      ? poolDevices((await answer(host, ['zpool', 'list', '-v', '-H', '-P', source.split('/')[0] ?? ''])) ?? '')
      : [source]
  const labels = devices.some((device) => /^\/dev\/[a-z]+\/./.test(device))
    ? parseLabels((await answer(host, ['glabel', 'status', '-s'])) ?? '')
    : new Map<string, string>()
  const disks = new Set(devices.flatMap((device) => diskOf(labels.get(short(device)) ?? short(device)) ?? []))
  const texts = await Promise.all(
    [...disks].map(async (disk) => diskText(disk, (await answer(host, ['geom', 'disk', 'list', disk])) ?? '')),
  )
  return texts.length === 0 ? undefined : texts.join('; ')
}

function lastLine(text: string | undefined): string {
  return (text ?? '').trim().split('\n').at(-1) ?? ''
}

function short(device: string): string {
  return device.replace(/^\/dev\//, '')
}

/** Lines of `zpool list -v -H -P`: the pool, then its members by their path, tabs before them. */
function poolDevices(text: string): readonly string[] {
  return text.split('\n').flatMap((line) => /^\s*(\/dev\/\S+)/.exec(line)?.[1] ?? [])
}

/** `gpt/rootfs  N/A  vtbd0p2` → what has the label. */
export function parseLabels(text: string): ReadonlyMap<string, string> {
  const rows = text.split('\n').map((line) => /^\s*(\S+)\s+\S+\s+(\S+)\s*$/.exec(line))
  return new Map(rows.flatMap((row) => (row?.[1] === undefined || row[2] === undefined ? [] : [[row[1], row[2]]])))
}

/** `mmcsd0s2a`, `ada0p3`, `nda0p2.eli` → the disk. */
export function diskOf(partition: string): string | undefined {
  return /^([a-z]+\d+)(?:[sp]\d+[a-h]?|[a-h])?(?:\.\w+)?$/.exec(partition)?.[1]
}

/** From `geom disk list`: size and description, without the serial number of a card. */
export function diskText(disk: string, text: string): string {
  const descr = (/^\s*descr: (.+)$/m.exec(text)?.[1] ?? '').replace(/ SN .*$/, '').trim()
  const size = /^\s*Mediasize: \d+ \((\S+)\)$/m.exec(text)?.[1]
  const kind = kinds.find(([driver]) => driver.test(disk))?.[1](descr)
  const parts = [disk, kind, size].filter((part) => part !== undefined).join(', ')
  return descr === '' || descr === '(null)' ? parts : `${descr} (${parts})`
}
