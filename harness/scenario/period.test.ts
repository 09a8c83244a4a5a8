/** Every agent must send at least one message in a measured window; otherwise its rate is not that of the schedule. */
import { describe, expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'
import { expandScenario } from './expand.ts'
import { BenchError } from '../model/error.ts'

const scenario = (arrivals: object, measure: string, senders = 1) => ({
  name: 'slow',
  about: 'A slow schedule.',
  topology: { hub: { role: 'server' }, send: { role: 'load', count: senders }, recv: { role: 'load' } },
  workloads: [
    { kind: 'publish', name: 'pub', on: 'send', to: 'hub', subject: 's', payload: { bytes: 16 }, arrivals },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 's' },
  ],
  phases: { measure },
})
describe('a window shorter than the period of a schedule', () => {
  it.each<[object, string, number, string]>([
    [{ kind: 'constant', perSecond: 0.1 }, '2s', 1, '10s'],
    [{ kind: 'constant', perSecond: 0.0166667 }, '3s', 1, '60s'],
    [{ kind: 'poisson', perSecond: 1 }, '2s', 4, '4s'],
    [{ kind: 'burst', perSecond: 1000, size: 100_000 }, '2s', 1, '100s'],
    [{ kind: 'burst', perSecond: 1000, size: 100 }, '100ms', 3, '300ms'],
    [{ kind: 'staircase', from: 0.5, to: 100, steps: 5 }, '9s', 1, '10s'],
    [{ kind: 'staircase', from: 100, to: 0.5, steps: 5 }, '9s', 1, '10s'],
  ])('%j in %s with %i senders is refused, and how long it must be is said', (arrivals, measure, senders, least) => {
    const shared = senders === 1 ? '' : `, shared by ${senders} agents`
    expect(problemsOf(scenario(arrivals, measure, senders))).toEqual([
      `phases.measure must be at least ${least}, the period of workloads.pub.arrivals${shared}: measure longer or raise the rate, got "${measure}"`,
    ])
    expect(problemsOf(scenario(arrivals, least, senders))).toEqual([])
  })

  it.each<[object, object, string, number, string, string]>([
    [{ kind: 'constant', perSecond: 500 }, { batch: 1000 }, '1s', 1, '2s', ' in batches of 1000'],
    [
      { kind: 'poisson', perSecond: 500 },
      { batch: 100, connections: 3 },
      '1s',
      2,
      '1.2s',
      ' in batches of 100 on each of 3 connections, shared by 2 agents',
    ],
    [{ kind: 'burst', perSecond: 500, size: 10 }, { batch: 1000 }, '1s', 1, '2s', ' in batches of 1000'],
    [{ kind: 'staircase', from: 100, to: 200, steps: 2 }, { batch: 100 }, '1s', 1, '2s', ' in batches of 100'],
    [
      { kind: 'constant', perSecond: 100 },
      { flow: 200, window: 400 },
      '1s',
      1,
      '2s',
      ' with an acknowledgement for 200',
    ],
    // The server does not wait for more than 500.
    [
      { kind: 'constant', perSecond: 500 },
      { flow: 1000, window: 2000 },
      '500ms',
      1,
      '1s',
      ' with an acknowledgement for 1000',
    ],
  ])('of %j with %j in %s with %i senders is refused too', (arrivals, more, measure, senders, least, words) => {
    const plain = scenario(arrivals, measure, senders)
    const topology = { ...plain.topology, hub: { role: 'server', server: { jetstream: true } } }
    const streams = { s: { on: 'hub', subjects: ['s'], atomic: true, fast: true } }
    const [pub] = plain.workloads
    const batching = (window: string) => ({
      ...plain,
      topology,
      streams,
      workloads: [{ window: 1, ...pub, kind: 'js-publish', ...more }],
      phases: { measure: window },
    })
    expect(problemsOf(batching(measure))).toEqual([
      `phases.measure must be at least ${least}, the period of workloads.pub.arrivals${words}: measure longer or raise the rate, got "${measure}"`,
    ])
    expect(problemsOf(batching(least))).toEqual([])
  })

  it.each([5e-324, 1e-5])('of %d messages a second is longer than any run', (perSecond) => {
    expect(problemsOf(scenario({ kind: 'constant', perSecond }, '5s'))).toEqual([
      'workloads.pub.arrivals must have messages that fall due at least once in 24 hours, the longest that a run may take: raise the rate',
    ])
  })

  it('of a staircase must have a step for each of two rates', () => {
    const of = (steps: number, to = 100) => problemsOf(scenario({ kind: 'staircase', from: 10, to, steps }, '5s'))
    expect(of(1)).toEqual(['workloads.pub.arrivals.steps must be at least 2, or the rate never comes to `to`, got 1'])
    expect([of(2), of(1, 10)]).toEqual([[], []])
  })

  it('is refused on the command line and in a variant too', () => {
    const slow = scenario({ kind: 'constant', perSecond: 1 }, '5s')
    expect(problemsOf({ ...slow, variants: { a: { 'workloads.pub.arrivals.perSecond': 0.1 } } })).toEqual([
      expect.stringMatching(/^phases\.measure must be at least 10s, .*\(in variant "a"\)$/) as string,
    ])
    expect(() => expandScenario(slow, { measureMs: 200 })).toThrow(BenchError)
  })

  it('is no matter of floods and closed loops', () => {
    expect(problemsOf(scenario({ kind: 'flood' }, '100ms', 256 - 2))).toEqual([])
  })
})

describe('a subject', () => {
  const named = (subject: string) => {
    const input = scenario({ kind: 'flood' }, '1s')
    return problemsOf({ ...input, workloads: input.workloads.map((each) => ({ ...each, subject })) })
  }

  it.each(['müsli.x', 'mu\u0308sli', '路.🚀', 'x'.repeat(200), 'ü'.repeat(100)])('may be %s', (subject) => {
    expect(named(subject)).toEqual([])
  })

  it.each(['ü'.repeat(101), '🚀'.repeat(51), 'x'.repeat(201)])('may not be longer than 200 bytes: %s', (subject) => {
    expect(named(subject)[0]).toMatch(/^workloads\.pub\.subject must be a NATS subject of at most 200 bytes of UTF-8/)
  })

  it.each(['a\ud800', 'a b', 'a\u00a0b', 'a\ufeff', 'a\u202eb', 'a\u0085'])('may not be %j', (subject) => {
    expect(named(subject)[0]).toMatch(/^workloads\.pub\.subject must be a NATS subject: tokens/)
  })
})
