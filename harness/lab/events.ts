/** Events of a lab for the progress line and for tests. Never needed for results. */
import type { BlockPlan, Plan } from '../model/plan.ts'
import type { Frame, Phase } from '../model/recording.ts'

export type LabEvent =
  | { readonly kind: 'build'; readonly made: number; readonly of: number; readonly node?: string }
  /** Before the first block: its numbers do not count. */
  | { readonly kind: 'rehearsal'; readonly block: BlockPlan }
  | { readonly kind: 'block'; readonly block: BlockPlan; readonly of: number }
  | {
      readonly kind: 'phase'
      readonly block: BlockPlan
      readonly phase: 'services' | 'agents' | 'floor' | Phase | 'drain'
    }
  /** At all nodes, before the load begins. */
  | { readonly kind: 'look'; readonly block: BlockPlan; readonly tookMs: number }
  | { readonly kind: 'frame'; readonly block: BlockPlan; readonly from: string; readonly frame: Frame }
  /** `lent`: the nodes stay for the next run of the command. */
  | { readonly kind: 'down'; readonly lent: boolean }

export type Observe = (event: LabEvent, plan: Plan) => void
