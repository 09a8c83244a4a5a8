import { expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Frame, Line } from '../model/recording.ts'
import type { Fault } from '../model/scenario.ts'
import { summarise } from './summarise.ts'

/** Of one block with one fault of 1 s, which was on from 3 s and there from 3.2 s. */
async function lengthOf(fault: Fault, kind: string, untilNs: number) {
  function* lines(): Generator<Line> {
    for (const line of recording({ blocks: 1 })) {
      if (line.t === 'plan') yield { ...line, plan: { ...line.plan, faults: [fault] } }
      else if (line.t === 'blockEnd') {
        const frame = (made: Frame): Line => ({ t: 'frame', block: 0, from: 'lab', frame: made })
        yield frame({ t: 'fault', at: 3e9, kind, on: true, nodes: ['hub'] })
        yield frame({ t: 'fault', at: untilNs, kind, on: false, whole: 3.2e9 })
        yield line
      } else yield line
    }
  }
  const { health } = await summarise(lines())
  return health.find(({ rule }) => rule === 'fault-length')
}

const partition: Fault = { at: '3s', kind: 'partition', node: 'hub', lasts: '1s' }

it('a fault that lasted longer than planned is told of', async () => {
  expect(await lengthOf(partition, 'partition hub', 6.7e9)).toMatchObject({
    about: 'run',
    outcome: 'pass',
    because: expect.stringMatching(/^partition hub was to last 1.00 s, and lasted 3.50 s \(1 of 1 time\)/) as string,
  })
  expect(await lengthOf({ ...partition, every: '1s' }, 'partition hub (1 of 1)', 6.7e9)).toBeDefined()
})

it('one that lasted about as long is not, nor how long a new start of a server took', async () => {
  expect(await lengthOf(partition, 'partition hub', 4.6e9)).toBeUndefined()
  expect(await lengthOf({ ...partition, kind: 'kill' }, 'kill hub', 6.7e9)).toBeUndefined()
})
