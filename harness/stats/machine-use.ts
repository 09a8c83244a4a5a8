/** Who used the CPUs of the machine in the measured window: our nodes, other programs, other guests of its hypervisor, nobody. */
import type { CpuTime } from '../model/facts.ts'
import type { NodeUse, Window } from './node-use.ts'
import { Meterline } from './timeline.ts'

export class MachineFold {
  readonly #busy = new Meterline()
  readonly #idle = new Meterline()
  readonly #stolen = new Meterline()

  add(at: number, { busyMicros, idleMicros, stolenMicros = 0 }: CpuTime): void {
    this.#busy.add(at, busyMicros)
    this.#idle.add(at, idleMicros)
    this.#stolen.add(at, stolenMicros)
  }

  /** Undefined where the machine, or one of its nodes, was not read at both ends of the window. */
  close(nodes: readonly NodeUse[], window: Window): MachineUse | undefined {
    const [busy, idle, stolen] = [this.#busy, this.#idle, this.#stolen].map((line) => line.ratePerSecond(...window))
    const ours = nodes.reduce((sum, { share }) => sum + (share ?? NaN), 0)
    if (busy === undefined || idle === undefined || stolen === undefined || Number.isNaN(ours)) return undefined
    const all = (busy + idle + stolen) / 1e6
    if (!(all > 0)) return undefined
    return { all, idle: idle / 1e6, stolen: stolen / 1e6, others: Math.max(0, busy / 1e6 - ours) }
  }
}

/** In CPUs: 1 is all the time of one. */
export interface MachineUse {
  readonly all: number
  readonly idle: number
  readonly stolen: number
  /** Of programs that are in no node; on Linux of kernel threads too, but not of interrupts. */
  readonly others: number
}

/** From this share of all CPU time on, what others take is told. */
const noticed = 0.1
/** With less than this share left idle, what others take is missing. */
const spare = 0.1

/** Do others take so much that it is worth a word? */
export function isShared({ all, stolen, others }: MachineUse): boolean {
  return (stolen + others) / all >= noticed
}

interface Read {
  readonly machine: MachineUse
}

/** The blocks whose machine was read. */
export function readIn<B extends Partial<Read>>(blocks: readonly B[]): readonly (B & Read)[] {
  return blocks.flatMap((block) => (block.machine === undefined ? [] : [{ ...block, machine: block.machine }]))
}

/**
 * The blocks of one variant in which our nodes had to wait for others, where those are most of them: then the numbers are as much the
 * others' as the server's. None where they are few.
 */
export function crowdedOf<B extends Partial<Read>>(blocks: readonly B[]): readonly (B & Read)[] {
  const crowded = readIn(blocks).filter(({ machine }) => isShared(machine) && machine.idle / machine.all < spare)
  return crowded.length > blocks.length / 2 ? crowded : []
}
