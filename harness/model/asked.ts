/** `asked.json` in a run folder: what a check or a curve ran its blocks for, so that the same recording gives the same answer again. */
import { z } from 'zod'
import { trialSchema } from './curve.ts'
import { reportSchema } from './report.ts'

const number = z.number()
const margins = z.record(z.string(), number)
const server = z.object({ path: z.string().exactOptional(), version: z.string().exactOptional() })
export const askedSchema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('interleaved'),
    base: server,
    head: server,
    rounds: z.array(z.object({ pairs: number })),
    mostPairs: number,
    margins,
  }),
  z.object({ kind: z.literal('baseline'), margins, baseline: reportSchema }),
  z.object({
    kind: z.literal('curve'),
    sustainable: number,
    because: z.string(),
    trials: z.array(trialSchema),
    search: z.object({
      from: number,
      most: number,
      latencyLimitNs: number,
      tolerance: number,
      repeats: number,
    }),
  }),
])

export type Asked = z.infer<typeof askedSchema>
