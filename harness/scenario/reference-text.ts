/** The parts of the reference that are not in the schema: how a file begins, examples, and rules between fields. */
import { inspect } from 'node:util'
import type { ScenarioInput } from '../model/scenario.ts'

export const head = `# Scenarios: the reference

Made from the schema and the tables of the harness by \`bench reference\`. Do not edit it: a test compares it with them.

A scenario is one file of data. A TypeScript file exports it: \`export default defineScenario({ ... })\`, with \`defineScenario\`
from \`nats-jail-harness\`. An editor completes and explains each field. A JSON file holds the same object. With
\`"$schema": "./scenario.schema.json"\` at its top an editor helps there too; \`bench schema\` prints that schema file.
\`bench validate FILE\` lists all problems at once, each with its line. An unknown field is a problem, in every object.

A _duration_ is text: \`"250us"\`, \`"500ms"\`, \`"2s"\`, \`"1m"\`. A _size_ is a number of bytes, or text: \`"64KiB"\`, \`"1MB"\`.`

const base = {
  topology: { hub: { role: 'server' }, send: { role: 'load' }, recv: { role: 'load' } },
  workloads: [
    {
      kind: 'publish',
      name: 'pub',
      on: 'send',
      to: 'hub',
      subject: 'road',
      payload: { bytes: 128 },
      arrivals: { kind: 'constant', perSecond: 2000 },
    },
    { kind: 'subscribe', name: 'sub', on: 'recv', to: 'hub', subject: 'road' },
  ],
} as const satisfies Pick<ScenarioInput, 'topology' | 'workloads'>

interface Example {
  readonly title: string
  readonly text: string
  readonly shown: Partial<ScenarioInput>
}

/** Examples. Each one together with the fields of the first is a valid scenario, which a test checks. */
export const exampleList: readonly Example[] = [
  {
    title: 'A topology and its load',
    text: 'One server, one publisher, one subscriber. The examples below are further fields of it.',
    shown: base,
  },
  {
    title: 'A grid',
    text: 'Two servers by two sizes: four variants, whose blocks alternate.',
    shown: {
      vary: { 'workloads.pub.payload.bytes': [128, 4096], 'topology.hub.server.version': ['2.14.3', '2.15.2'] },
    },
  },
  {
    title: 'Named variants',
    text: 'Each variant changes what it names; the first one here changes nothing.',
    shown: {
      variants: { plain: {}, large: { 'workloads.pub.payload.bytes': 4096, 'workloads.pub.arrivals.perSecond': 500 } },
    },
  },
  {
    title: 'Limits',
    text: 'The run passes when each holds for the whole interval of its metric, and fails when one is broken by the whole interval.',
    shown: {
      limits: [
        { workload: 'sub', metric: 'latency.p99', atMost: '5ms' },
        { workload: 'sub', metric: 'loss', atMost: 0 },
      ],
    },
  },
  {
    title: 'A fault',
    text: 'The server is paused for 300 ms. Warm-up begins at 0 and takes a second by default, so this is in the measured time.',
    shown: { faults: [{ at: '2s', kind: 'pause', node: 'hub', lasts: '300ms' }] },
  },
]

export const exampleBase: ScenarioInput = { name: 'example', about: 'An example of the reference.', ...base }

export function examples(): string {
  return exampleList
    .map(
      ({ title, text, shown }) =>
        `**${title}.** ${text}\n\n\`\`\`js\n${inspect(shown, { depth: 9, breakLength: 110 })}\n\`\`\``,
    )
    .join('\n\n')
}

export const rules = {
  variants: `\`variants\` names sets of changes; \`vary\` lists values for paths, and every combination becomes a variant. With both, every set meets
every combination. Blocks of all variants alternate (A B B A), so that a machine that warms up or slows down favours none.

A path is \`topology.GROUP.count\`, \`topology.GROUP.server.FIELD\`, \`streams.NAME.FIELD\` (not \`on\`),
\`consumers.NAME.FIELD\` (not \`stream\`), \`buckets.NAME.FIELD\` and \`objects.NAME.FIELD\` (not \`on\`), \`workloads.NAME.FIELD\` (not \`name\`,
\`kind\`, \`on\`, \`to\`), \`phases.FIELD\`, \`expect.gapBelow\`, \`expect.lostAcked\`, \`network\` or \`seed\`. Every variant is checked as a whole scenario.`,
  limits: `A limit is judged by the interval of its metric, not by its median alone: the whole interval within it is a pass, the whole interval beyond it a
fail, and anything else is "cannot tell". Counts such as \`loss\` are judged by the worst block.`,
  metrics: `A number in a limit is in the unit given here; for durations a text such as \`"5ms"\`, or a number of ns.`,
  faults: `A fault happens in every block, and must overlap the measured time.`,
  capabilities: `What a scenario may need from the substrate that it is built on. \`bench doctor\` says what this host can do.`,
} as const
