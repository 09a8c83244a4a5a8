import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { makePlan } from '../plan/plan.ts'
import type { Capability } from '../model/plan.ts'
import { BenchError } from '../model/error.ts'
import type { Overrides } from '../model/expanded.ts'
import { checkScenario } from './check.ts'
import { expandScenario } from './expand.ts'
import { linesIn } from './lines.ts'
import { nearest } from './nearest.ts'
import { plainCopy } from './plain.ts'
import { printed } from './print.ts'
import { problemText } from './problem.ts'
import { readJson } from './json.ts'

const good = {
  name: 'good',
  about: 'Everything that a scenario can have.',
  topology: {
    hub: { role: 'server', count: 1, server: { jetstream: true, settings: { max_payload: 4096 } } },
    send: { role: 'load', count: 2 },
    recv: { role: 'load' },
  },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      subjects: 4,
      payload: { bytes: 128, compressible: 0.5 },
      headers: { Trace: 'x' },
      arrivals: { kind: 'burst', perSecond: 1000, size: 10 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road.*', queue: 'q' },
    {
      kind: 'request',
      name: 'req',
      on: 'send',
      to: 'hub',
      subject: 'ask',
      payload: { bytes: 16 },
      arrivals: { kind: 'closed', inFlight: 2 },
    },
    { kind: 'reply', name: 'rep', on: 'recv', to: 'hub', subject: 'ask' },
  ],
  phases: { warmup: '100ms', measure: '1s', cooldown: '0s' },
  repeats: 2,
  variants: { a: {}, b: { 'workloads.pub.payload.bytes': 64 } },
  vary: { 'topology.recv.count': [1, 2] },
  limits: [{ workload: 'sub', metric: 'latency.p99', atMost: '5ms' }],
  faults: [{ at: '300ms', kind: 'pause', node: 'hub', lasts: '100ms' }],
  seed: 7,
}

/** Paths of all values inside a value, each a list of keys. */
function placesOf(value: unknown, path: readonly string[] = []): (readonly string[])[] {
  if (typeof value !== 'object' || value === null) return [path]
  return [path, ...Object.entries(value).flatMap(([key, member]) => placesOf(member, [...path, key]))]
}

function replaced(value: unknown, path: readonly string[], by: unknown): unknown {
  const [key, ...rest] = path
  if (key === undefined) return by
  const copy: Record<string, unknown> = Array.isArray(value)
    ? (Object.assign([], value) as unknown as Record<string, unknown>)
    : { ...(value as object) }
  copy[key] = replaced(copy[key], rest, by)
  return copy
}

const odd = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    '',
    '..',
    'hub',
    'send',
    'road',
    'closed',
    'flood',
    '1s',
    0,
    -1,
    1,
    1e9,
    NaN,
    Infinity,
  ),
  fc.constantFrom<unknown>(
    true,
    [],
    {},
    [[]],
    { kind: 'flood' },
    'x'.repeat(10_000),
    '\u001b[31m',
    'a\nb',
    '*',
    '>',
    '__proto__',
  ),
  fc.jsonValue(),
)
const place = fc.constantFrom(...placesOf(good))
const mutations = fc.array(fc.tuple(place, odd), { minLength: 1, maxLength: 3 })
const mutated = (changes: readonly (readonly [readonly string[], unknown])[]) =>
  changes.reduce<unknown>((value, [path, by]) => {
    try {
      return replaced(value, path, by)
    } catch {
      return value // an earlier change took the place away
    }
  }, good)

/** Hundreds of checks take long on a busy machine. */
const patient = { timeout: 60_000 }

describe('checking', () => {
  it('accepts a scenario that uses everything', () => {
    expect(checkScenario(good)).toMatchObject({ ok: true })
  })

  it('says what came, however long the list of what could have come', () => {
    const text = problemText({ path: 'a', message: `must name one of workloads: ${'x'.repeat(900)}, got "pub"` })
    expect(text).toMatch(/^a must name one of workloads: x+\.\.\., got "pub"$/)
    expect(text.length).toBeLessThan(310)
  })

  it('answers for any value at all, with at least one problem when it refuses, each safe to print', patient, () => {
    fc.assert(
      fc.property(fc.oneof(mutations.map(mutated), fc.jsonValue(), odd), (input) => {
        const checked = checkScenario(input)
        if (checked.ok) return
        expect(checked.problems.length).toBeGreaterThan(0)
        for (const problem of checked.problems) {
          const text = problemText(problem)
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}]/u)
          expect(text).toMatch(/ must .*, got /)
          expect(text.length).toBeLessThan(450)
        }
      }),
      { numRuns: 300 },
    )
  })

  it('accepts nothing that cannot be planned', patient, () => {
    const request = {
      substrate: {
        name: 'memory' as const,
        capabilities: new Set<Capability>(['cpus', 'memory', 'pause', 'usage']),
        endpoint: () => ({ address: '127.0.0.1', ports: { client: 1, monitor: 2, cluster: 3, floor: 4 } }),
      },
      why: '',
      command: '',
      harness: '',
      host: '',
    }
    fc.assert(
      fc.property(mutations.map(mutated), (input) => {
        const checked = checkScenario(input)
        if (!checked.ok) return
        try {
          expect(makePlan({ expanded: checked.expanded, ...request }).blocks.length).toBeGreaterThan(0)
        } catch (error) {
          if (error instanceof BenchError) throw new Error([error.message, ...error.lines].join('\n'), { cause: error })
          throw error
        }
      }),
      { numRuns: 300 },
    )
  })

  it('says each problem once, however many variants share it', () => {
    const checked = checkScenario(replaced(good, ['workloads', '1', 'subject'], 'elsewhere'))
    const texts = checked.ok ? [] : checked.problems.map(problemText)
    expect(texts).toEqual([
      'workloads.sub.subject must match the subject of a publish workload on the same servers, got "elsewhere" (known: road)',
    ])
  })
})

describe('what a command line says over a scenario', () => {
  const workloads = good.workloads.map((workload) => ({ ...workload, reconnect: {} }))
  const fault = { ...good, workloads, faults: [{ at: '500ms', kind: 'kill', node: 'hub' }] }
  const linesOf = (input: object, overrides: Overrides) => {
    try {
      expandScenario(input, overrides)
      return []
    } catch (error) {
      if (error instanceof BenchError) return [error.exitStatus, ...error.lines]
      throw error
    }
  }

  it('is checked with it, in the words that a file is refused with', () => {
    const shorter = { ...fault, phases: { ...good.phases, measure: '200ms' } }
    const refused = linesOf(fault, { measureMs: 200 })
    expect(refused).toEqual([
      64,
      expect.stringMatching(/^faults.0.at must end before the block does, at 300 ms, got 500/),
    ])
    expect(linesOf(shorter, {})).toEqual([65, refused[1]])
  })

  it('gives every variant with its changes made', () => {
    const { variants, scenario } = expandScenario(good, { measureMs: 2000, repeats: 1 })
    expect(scenario.repeats).toBe(1)
    expect(variants.map(({ name }) => name)).toEqual(['a count=1', 'a count=2', 'b count=1', 'b count=2'])
    expect(variants.map(({ scenario: { phases } }) => phases.measure)).toEqual(variants.map(() => '2000ms'))
    expect(variants[3]?.scenario.topology['recv']?.count).toBe(2)
  })

  it.each([
    [{ at: '1100ms', kind: 'kill', node: 'hub' }, '1100 to 1100 ms'],
    [{ at: '10ms', kind: 'pause', node: 'hub', lasts: '20ms' }, '10 to 30 ms'],
    [{ at: '10ms', kind: 'restart', node: 'hub' }, '10 to 10 ms'],
  ])('leaves no fault outside of the measured time: %j', (one, when) => {
    const phases = { warmup: '100ms', measure: '1s', cooldown: '500ms' }
    expect(linesOf({ ...good, workloads, phases, faults: [one] }, {})).toEqual([
      65,
      `faults.0.at must overlap the measured time, 100 to 1100 ms, got ${when}`,
    ])
  })

  it.each(['hub', 'hub-2'])('wants workloads that live through the end of %s', (node) => {
    const topology = { ...good.topology, hub: { role: 'server', count: 3 } }
    const faults = [{ at: '500ms', kind: 'kill', node }]
    expect(linesOf({ ...good, topology, faults }, {})).toEqual([
      65,
      `faults.0.kind must leave workloads that live through it: a kill of ${node} ends the connections of pub, sub, req, rep; give them "reconnect": {}`,
    ])
    expect(linesOf({ ...good, topology, workloads, faults }, {})).toEqual([])
  })

  it('names the nodes of a group that a fault may meet', () => {
    const topology = { ...good.topology, hub: { role: 'server', count: 3 } }
    const faults = [{ at: '500ms', kind: 'kill', node: 'hub-4' }]
    expect(linesOf({ ...good, topology, workloads, faults }, {})[1]).toMatch(
      /got "hub-4" \(did you mean "hub-[123]"\?\)/,
    )
  })

  it('says both faults of a limit', () => {
    const limits = [{ workload: 'sub', metric: 'latency.p98' }]
    expect(linesOf({ ...good, limits }, {})).toHaveLength(3)
  })
})

describe('the version of a server', () => {
  const problems = (version: string) => {
    const topology = { ...good.topology, hub: { role: 'server', server: { version } } }
    const checked = checkScenario({ ...good, topology })
    return checked.ok ? [] : checked.problems.map(problemText)
  }

  it.each(['2.15.2', '2.16.0-RC.1', 'v2.15.2', 'main', 'c0ffee1', '1234567', 'refs/heads/main'])('may be %s', (ref) => {
    expect(problems(ref)).toEqual([])
  })

  it.each(['2.15', '2.', '2.15.2.1', '', '-mod=x', 'a b', 'x;id', '../x', 'a..b', 'x@y'])('may not be %j', (text) => {
    expect(problems(text)).toEqual([expect.stringContaining('or a git ref such as "main"')])
  })
})

describe('the nearest known word', () => {
  it.each([
    ['cuont', 'count'],
    ['Count', 'count'],
    ['latncy.p99', 'latency.p99'],
    ['sbu', 'sub'],
    ['elephant', undefined],
    ['', undefined],
  ])('of %s is %s', (word, found) => {
    expect(nearest(word, ['count', 'latency.p99', 'sub'])).toBe(found)
  })

  it('of a known word is that word', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.stringMatching(/^[a-z]{1,12}$/), { minLength: 1 }), (known) => {
        for (const word of known) expect(nearest(word, known)).toBe(word)
      }),
    )
  })
})

describe('a printed value', () => {
  it('is one short line without a character that could move a cursor', () => {
    fc.assert(
      fc.property(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true }),
        (value) => {
          const text = printed(value)
          expect(text.length).toBeLessThanOrEqual(80)
          expect(text).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u)
        },
      ),
    )
  })

  it('shows what it was', () => {
    expect([undefined, 'two', NaN, [1, 2], { a: 1, b: 2 }, {}, null].map(printed)).toEqual([
      'nothing',
      '"two"',
      'NaN',
      'a list of 2',
      '{ a, b }',
      '{}',
      'null',
    ])
    expect(printed('\u202eevil\u001b[2J')).toBe('"\\u202eevil\\u001b[2J"')
  })
})

describe('JSON', () => {
  it('reads what JSON.parse reads', patient, () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent)
        const read = readJson(text)
        if ('value' in read) expect(read.value).toEqual(JSON.parse(text))
        else expect(read.problems[0]?.message).toMatch(/__proto__|levels deep/)
      }),
    )
  })

  it('refuses a file of endless levels before it is parsed', () => {
    expect(readJson('{"name":\n'.padEnd(300_000, '['))).toEqual({
      problems: [{ path: 'file', line: 2, message: 'must be at most 32 levels deep, got more' }],
    })
  })

  it('names the line of whatever was put where nothing belongs', () => {
    fc.assert(
      fc.property(fc.array(fc.integer(), { minLength: 2, maxLength: 20 }), fc.nat(), (list, at) => {
        const lines = JSON.stringify(list, null, 1).split('\n')
        const wrong = 1 + (at % list.length)
        lines[wrong] = lines[wrong]?.replace(/-?\d+/, 'oops') ?? ''
        const read = readJson(lines.join('\n'))
        expect(read).toMatchObject({ problems: [{ path: 'file', line: wrong + 1 }] })
      }),
    )
  })

  it.each([
    '[1 2]',
    '{"a" 1}',
    '{"a":1,}',
    '[,]',
    '{1:2}',
    '01',
    '[1]]',
    '"a\nb"',
    '{"a":}',
    '[}',
    'nul',
    '1.e3',
    '"\\x"',
  ])('breaks where %s does', (text) => {
    expect(readJson(text)).toMatchObject({ problems: [{ path: 'file' }] })
    expect(() => JSON.parse(text) as unknown).toThrow()
  })
})

describe('plain data', () => {
  it('is a copy: two places of one object become two objects', () => {
    const shared = { bytes: 1 }
    const copy = plainCopy({ a: shared, b: shared })
    expect(copy).toEqual({ value: { a: { bytes: 1 }, b: { bytes: 1 } } })
  })

  it('has an end: a tree too large is refused', () => {
    const wide = Array.from({ length: 400 }, () => Array.from({ length: 400 }, () => 0))
    expect(plainCopy(wide)).toEqual({
      problems: [{ path: 'scenario', message: 'must have at most 100000 values, got more' }],
    })
  })
})

describe('the line of a value', () => {
  const text = `// export default { name: 'no' }
import { x } from 'y'
const other = { name: 'not this' }
export default defineScenario({
  name: 'a, { b',  // topology: 1
  /* about: { */ about: \`text
over lines\`,
  topology: {
    hub: { role: 'server' }, 'send-1': {
      count: 1 + Math.max(1, 2) }, ...other,
  },
  workloads: [
    { name: 'pub', payload: { bytes: 128 } },
    { kind: 'subscribe',
      name: "sub", subject: ['a', 'b'].join('.') },
  ],
  repeats: 3,
})`
  it.each([
    ['name', 5],
    ['about', 6],
    ['topology', 8],
    ['topology.hub.role', 9],
    ['topology.send-1', 9],
    ['topology.send-1.count', 10],
    ['topology.hub.missing', 9],
    ['workloads.pub.payload.bytes', 13],
    ['workloads.1.name', 15],
    ['workloads.sub.subject', 15],
    ['workloads.sub', 14],
    ['repeats', 17],
    ['scenario', undefined],
    ['elsewhere.x', undefined],
  ])('%s is %s', (path, line) => {
    expect(linesIn(text)(path)).toBe(line)
  })

  it('is found in an object that is named first and exported later', () => {
    const text = `const a = { repeats: 1 }\nconst it = {\n  repeats: 2,\n}\nexport default it\n`
    expect(linesIn(text)('repeats')).toBe(3)
  })

  it('is found or not in any text at all, within the text', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 200 }), fc.string({ maxLength: 10 }), (random, path) => {
        const line = linesIn(`export default {${random}`)(path)
        if (line !== undefined) expect(line).toBeLessThanOrEqual(random.split('\n').length)
      }),
    )
  })
})

describe('a list that is far too long', () => {
  it('is the one problem: what stands behind its cut may be what the others name', () => {
    const listeners = Array.from({ length: 5000 }, (_, i) => ({ ...good.workloads[1], name: `sub${i}` }))
    const checked = checkScenario({ ...good, workloads: [...listeners, good.workloads[0]] })
    expect(checked.ok ? [] : checked.problems).toEqual([
      { path: 'workloads', message: 'must be a list of at most 64, got a list of 5001' },
    ])
  })
})

describe('a limit with several faults', () => {
  it('shows each of them', () => {
    const checked = checkScenario({ ...good, limits: [{ workload: 'subb', metric: 'latency.p98', atMost: '5mss' }] })
    expect(checked.ok ? [] : checked.problems.map(({ path }) => path)).toEqual([
      'limits.0.atMost',
      'limits.0.metric',
      'limits.0.workload',
    ])
  })
})

it('a seed beyond all whole numbers is one problem', () => {
  const checked = checkScenario({ ...good, seed: 1e29 })
  expect(checked.ok ? [] : checked.problems.map(problemText)).toEqual([
    'seed must be a whole number from 0 to 4294967295, got 1e+29',
  ])
})
