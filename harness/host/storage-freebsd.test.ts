import { describe, expect, it } from 'vitest'
import { BenchError } from '../model/error.ts'
import type { Host } from './host.ts'
import { diskOf, diskText, parseLabels, storageOf } from './storage-freebsd.ts'

/** Answers by the whole command; has no other programs. */
function scripted(answers: Readonly<Record<string, string>>): Pick<Host, 'run'> {
  return {
    run: (command) => {
      const stdout = answers[command.join(' ')]
      if (stdout === undefined) return Promise.reject(new BenchError('os', 'command must start, got ENOENT'))
      return Promise.resolve({ stdout, stderr: '', status: 0 })
    },
  }
}

/** Fields and their order as geom(8) prints those of geom_disk.c; the card's text as mmc.c makes it. */
const card = `Geom name: mmcsd0
Providers:
1. Name: mmcsd0
   Mediasize: 31914983424 (30G)
   Sectorsize: 512
   Mode: r2w2e3
   descr: SDHC SU32G 8.0 SN 2686905 MFG 08/2018 by 3 SD
   ident: 2686905
   rotationrate: 0
`
const df = (line: string) => `Filesystem Type 1K-blocks Used Avail Capacity Mounted on\n${line}\n`

describe('the device under the jails', () => {
  it('is the card of a board, without its serial number', async () => {
    const host = scripted({
      'df -T /usr/local': df('/dev/mmcsd0s2a ufs 29000000 9000000 20000000 31% /'),
      'geom disk list mmcsd0': card,
    })
    expect(await storageOf(host, '/usr/local')).toBe('SDHC SU32G 8.0 (mmcsd0, SD card, 30G)')
  })

  it('is found behind a label, and behind a pool', async () => {
    const disk = 'Geom name: vtbd0\nProviders:\n1. Name: vtbd0\n   Mediasize: 12884901888 (12G)\n   descr: (null)\n'
    const labelled = scripted({
      'df -T /usr/local': df('/dev/gpt/rootfs ufs 9000 800 8200 9% /'),
      'glabel status -s': 'gpt/efiboot0  N/A  vtbd0p1\n  gpt/rootfs  N/A  vtbd0p2\n',
      'geom disk list vtbd0': disk,
    })
    expect(await storageOf(labelled, '/usr/local')).toBe('vtbd0, virtual, 12G')
    const nvme = 'Geom name: nda0\n   Mediasize: 256060514304 (238G)\n   descr: Samsung SSD 970 EVO\n'
    const pooled = scripted({
      'df -T /usr/local': df('zroot/usr/local zfs 9000 800 8200 9% /usr/local'),
      'zpool list -v -H -P zroot': 'zroot\t236G\t10G\t226G\t-\t-\t0%\t4%\t1.00x\tONLINE\t-\n\t/dev/nda0p4\t236G\t10G\n',
      'geom disk list nda0': nvme,
    })
    expect(await storageOf(pooled, '/usr/local')).toBe('Samsung SSD 970 EVO (nda0, NVMe, 238G)')
  })

  it('is left out where it cannot be told', async () => {
    expect(await storageOf(scripted({}), '/usr/local')).toBeUndefined()
    expect(await storageOf(scripted({ 'df -T /usr/local': df('tmpfs tmpfs 1 1 1 1% /') }), '/usr/local')).toBe(
      undefined,
    )
  })

  it('is read from names as FreeBSD makes them', () => {
    expect(['ada0p3', 'mmcsd1s2a', 'da0', 'nda0p2.eli', 'vtbd0a', 'tank'].map(diskOf)).toEqual([
      'ada0',
      'mmcsd1',
      'da0',
      'nda0',
      'vtbd0',
      undefined,
    ])
    expect(parseLabels('Name Status Components\n').size).toBe(1)
    expect(diskText('mmcsd1', '   descr: MMCHC DG4016 7.9 SN 1 MFG 1/2015 by 69 0x0000\n')).toBe(
      'MMCHC DG4016 7.9 (mmcsd1, eMMC)',
    )
    expect(diskText('da0', '')).toBe('da0, USB or SCSI')
  })
})
