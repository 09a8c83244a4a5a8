/** What can be wrong with the network of a node: words of tc-netem(8). */
import { z } from 'zod'
import { duration } from './fields.ts'

const shareMessage = 'must be a share from 0 to 1'
const share = z.number(shareMessage).min(0, shareMessage).max(1, shareMessage)

const ratePattern = /^[1-9][0-9]{0,5}(kbit|mbit|gbit)$/
export const impairmentSchema = z
  .strictObject({
    delay: duration.optional().describe('Delay added to each packet.'),
    jitter: duration
      .optional()
      .describe('How much the delay varies, evenly to both sides; packets may overtake each other.'),
    loss: share.optional().describe('Share of packets that are lost, at random.'),
    rate: z
      .string()
      .regex(ratePattern, 'must be a rate such as "10mbit"')
      .optional()
      .describe('Bits per second that pass: `10mbit`, `512kbit`.'),
    reorder: share.optional().describe('Share of packets that go out at once while the others are delayed.'),
  })
  .refine((how) => Object.keys(how).length > 0, 'must say at least one of delay, jitter, loss, rate, reorder')
  .refine(({ delay, jitter, reorder }) => delay !== undefined || (jitter === undefined && reorder === undefined), {
    message: 'must have a delay, which jitter and reorder change',
  })

export type Impairment = z.output<typeof impairmentSchema>

/** `delay 20ms, loss 1 %`. */
export function impairmentWords({ delay, jitter, loss, rate, reorder }: Impairment): string {
  const percent = (value: number) => `${Number((value * 100).toPrecision(3))} %`
  return [
    ...(delay === undefined ? [] : [`delay ${delay}${jitter === undefined ? '' : ` ± ${jitter}`}`]),
    ...(loss === undefined ? [] : [`loss ${percent(loss)}`]),
    ...(rate === undefined ? [] : [`rate ${rate}`]),
    ...(reorder === undefined ? [] : [`reorder ${percent(reorder)}`]),
  ].join(', ')
}
