/**
 * What all programs of a host have used of its CPUs, without the kernel's work for them. Read with one command, so that it may be asked
 * while load is on.
 */
import type { CpuTime, HostFacts } from '../model/facts.ts'
import { answer, numberOf, type Asked } from './facts.ts'

interface Reader {
  readonly command: readonly string[]
  parse(text: string): CpuTime | undefined
}

const readers: Readonly<Record<string, Reader>> = {
  /*
   * Ticks of all CPUs in user, nice, sys, interrupt, idle (sys/resource.h); stathz is how many there are in a second. Then the time of the
   * kernel's own process: its threads carry the packets of VNET jails (epair_task) and write to ZFS, mostly for our nodes, and count as
   * sys. bin/ps/print.c (cputime): minutes:seconds.hundredths.
   */
  FreeBSD: {
    command: ['sh', '-c', 'sysctl -n kern.cp_time kern.clockrate && ps -o time= -p 0'],
    parse: (text) => {
      const [user, nice, system, , idle] = numbers(text.split('\n')[0])
      const [, minutes = 0, seconds = 0] = /^ *(\d+):(\d\d\.\d\d)$/m.exec(text) ?? []
      const all = cpuTime(numberOf(/stathz = (\d+)/.exec(text)?.[1]), [user, nice, system], idle)
      const kernelMicros = (Number(minutes) * 60 + Number(seconds)) * 1e6
      return all && { ...all, busyMicros: Math.max(0, all.busyMicros - kernelMicros) }
    },
  },
  // Of all CPUs: user, nice, system, idle, iowait, irq, softirq, steal, in hundredths of a second (proc(5), USER_HZ).
  Linux: {
    command: ['head', '-n', '1', '/proc/stat'],
    parse: (text) => {
      const [user, nice, system, idle = NaN, waiting = 0, , , stolen] = numbers(/^cpu\s+(.*)/.exec(text)?.[1])
      return cpuTime(100, [user, nice, system], idle + waiting, stolen)
    },
  },
}

/** Since the host started. Undefined where the host does not tell; never throws. */
export async function readCpuTime(host: Asked, { os }: Pick<HostFacts, 'os'>): Promise<CpuTime | undefined> {
  const reader = readers[os]
  return reader?.parse((await answer(host, reader.command)) ?? '')
}

function numbers(line = ''): readonly number[] {
  return line.trim().split(/\s+/).map(Number)
}

function cpuTime(
  ticksPerSecond: number | undefined,
  busy: readonly (number | undefined)[],
  idle: number | undefined,
  stolen?: number,
): CpuTime | undefined {
  const micros = (ticks = NaN) => (ticks * 1e6) / (ticksPerSecond ?? NaN)
  const busyMicros = busy.reduce<number>((sum, ticks) => sum + micros(ticks), 0)
  const idleMicros = micros(idle)
  if (!Number.isFinite(busyMicros + idleMicros)) return undefined
  return { busyMicros, idleMicros, ...(stolen === undefined ? {} : { stolenMicros: micros(stolen) }) }
}
