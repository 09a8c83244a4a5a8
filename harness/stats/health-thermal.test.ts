import { describe, expect, it } from 'vitest'
import { recording } from '../../fixtures/statistics/synthetic.ts'
import type { Thermals } from '../model/facts.ts'
import type { Line } from '../model/recording.ts'
import type { Finding, Report } from '../model/report.ts'
import { summarise } from './summarise.ts'

/** A run of three blocks whose host answers these at the ends of the measured windows, the two of a block side by side. */
async function report(
  blocks: readonly (readonly [Thermals, Thermals])[],
  variants: readonly string[] = ['default'],
  virtualization?: string,
): Promise<Omit<Report, 'verdict'>> {
  const lines: Line[] = []
  for (const line of recording({ variants })) {
    const read = line.t === 'blockEnd' ? (blocks[line.block] ?? []) : []
    lines.push(
      ...read.map((thermals, end): Line => ({
        t: 'frame',
        block: line.t === 'blockEnd' ? line.block : 0,
        from: 'lab',
        frame: { t: 'thermals', at: (end + 1) * 1e9, thermals },
      })),
      line.t === 'facts' && virtualization !== undefined
        ? { ...line, facts: { ...line.facts, host: { ...line.facts.host, virtualization } } }
        : line,
    )
  }
  return summarise(lines)
}

async function said(...blocks: readonly (readonly [Thermals, Thermals])[]): Promise<Finding | undefined> {
  return (await report(blocks)).health.find(({ rule }) => rule === 'throttling')
}

const steady = { cpuMHz: 1512, temperatureC: 61 }

describe('throttling', () => {
  it('is nothing to speak of where clock and heat hold', async () => {
    expect(await said([steady, steady], [steady, { cpuMHz: 1416, temperatureC: 66 }], [steady, steady])).toBeUndefined()
    expect(await said()).toBeUndefined()
  })

  it('in the middle of a run is found, though the machine has cooled down at its end', async () => {
    const finding = await said([steady, steady], [steady, { cpuMHz: 816, temperatureC: 84 }], [steady, steady])
    expect(finding?.outcome).toBe('unknown')
    expect(finding?.because).toContain('1,512 MHz in block 1 and at 816 MHz in block 2 under the same load')
    expect(finding?.because).toContain('84 °C in block 2')
  })

  it('cannot be told from a governor where no temperature is read, and is one where the CPU is cool', async () => {
    expect((await said([{ cpuMHz: 2000 }, { cpuMHz: 1700 }]))?.outcome).toBe('unknown')
    const guest = await report([[{ cpuMHz: 2000 }, { cpuMHz: 1700 }]], ['default'], 'kvm')
    expect(guest.health.find(({ rule }) => rule === 'throttling')?.outcome).toBe('pass')
    expect((await said([steady, { cpuMHz: 816, temperatureC: 50 }]))?.outcome).toBe('pass')
  })

  it('is what the CPU counts, whatever it was before the run', async () => {
    expect(await said([{ throttled: 7 }, { throttled: 7 }], [{ throttled: 7 }, { throttled: 7 }])).toBeUndefined()
    const finding = await said([{ throttled: 7 }, { throttled: 7 }], [{ throttled: 8 }, { throttled: 9 }])
    expect(finding).toMatchObject({ outcome: 'unknown', because: expect.stringContaining('2 times') as string })
  })

  it('is not made of the different loads of different variants', async () => {
    const [slow, fast] = [{ cpuMHz: 800 }, { cpuMHz: 2000 }]
    const apart = (summary: Awaited<ReturnType<typeof report>>) => {
      const clock = new Map(summary.thermals?.map(({ variant, cpuMHz }) => [variant, cpuMHz]))
      return { clock, found: summary.health.find(({ rule }) => rule === 'throttling')?.outcome }
    }
    const variants = ['idle', 'busy']
    // Blocks go idle, busy, idle, busy.
    const steadyEach = await report(
      [
        [slow, slow],
        [fast, fast],
        [slow, slow],
        [fast, fast],
      ],
      variants,
    )
    expect(apart(steadyEach)).toEqual({
      clock: new Map([
        ['idle', 800],
        ['busy', 2000],
      ]),
      found: undefined,
    })
    const mixed = await report(
      [
        [slow, slow],
        [fast, fast],
        [slow, slow],
        [slow, slow],
      ],
      variants,
    )
    expect(apart(mixed).found).toBe('unknown')
  })

  it('has its readings in the report, with block and second', async () => {
    expect((await report([[steady, { throttled: 1 }]])).thermals).toEqual([
      { variant: 'default', block: 0, at: 1, ...steady },
      { variant: 'default', block: 0, at: 2, throttled: 1 },
    ])
    expect(await report([])).not.toHaveProperty('thermals')
  })
})
