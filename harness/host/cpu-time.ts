/** What all programs of a host have used of its CPUs, read with one command, so that it may be asked while load is on. */
import type { CpuTime, HostFacts } from '../model/facts.ts'
import { answer, numberOf, type Asked } from './facts.ts'

interface Reader {
  readonly command: readonly string[]
  parse(text: string): CpuTime | undefined
}

const readers: Readonly<Record<string, Reader>> = {
  // Ticks of all CPUs in user, nice, sys, interrupt, idle (sys/resource.h); stathz is how many there are in a second.
  FreeBSD: {
    command: ['sysctl', '-n', 'kern.cp_time', 'kern.clockrate'],
    parse: (text) => {
      const [user, nice, system, , idle] = numbers(text.split('\n')[0])
      return cpuTime(numberOf(/stathz = (\d+)/.exec(text)?.[1]), [user, nice, system], idle)
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
