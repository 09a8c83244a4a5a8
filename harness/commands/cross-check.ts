/** `bench cross-check`: our numbers beside those of `nats bench`, on the same server and nodes. */
import type { Register } from './register.ts'
import { metricNamed } from '../model/metric.ts'
import { jsonList } from '../report/json.ts'
import { quantity, ratio, threeDigits } from '../report/format.ts'
import { columnsOf, findingRows, heading, note, sentence, type Page } from '../report/rows.ts'
import { median } from '../stats/order.ts'
import { terminalText } from '../report/rows-terminal.ts'
import { root } from '../run.ts'
import { findScenarios } from '../scenario/catalogue.ts'
import { loadScenario } from '../scenario/load.ts'
import { onHost } from '../session.ts'
import { ratioOfPairs } from '../stats/variant-ratios.ts'
import { crossCheck, type CrossCheck } from './cross-check-run.ts'
import { choicesOf, lengthOptions, placeOptions, wholeNumber, type RunWords } from './options.ts'
import { progress } from './progress.ts'

const usualRounds = 6

interface CrossWords extends RunWords {
  readonly rounds: number
  readonly json?: boolean
}

export const crossCheckCommand: Register = (program, run, world) => {
  const describe = lengthOptions(placeOptions(program.command('cross-check'))).option(
    '--rounds <n>',
    'blocks of ours and runs of nats bench',
    wholeNumber('--rounds', 1, 100),
    usualRounds,
  )
  describe
    .description('measure a scenario and the same with "nats bench", in turn, on one server')
    .argument('<scenario>', 'a scenario that floods plain subjects, or asks with 1 request in flight')
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nThe program nats is NATS_CLI, the one on PATH, or built once with Go.\nThe numbers stand side by side and are not judged: nats bench has no warm-up,\ncounts from its first to its last message, and does not see what is lost.\nExample: pnpm bench cross-check one-to-one --rounds 6',
    )
    .action((name: string, words: CrossWords) =>
      run(async () => {
        const choices = choicesOf(words, world)
        const [file = name] = await findScenarios([name], world.cwd, root)
        const { scenario } = await loadScenario(file, { signal: world.signal })
        const talk = progress(world)
        const found = await onHost(world, choices, { say: talk.say, exclusive: true }, (session) =>
          crossCheck(session, scenario, words.rounds, talk),
        ).finally(talk.close)
        const paired = ratioOfPairs(found.rounds.map(({ ours, theirs }) => [ours, theirs]))
        const text = () => terminalText(pageOf(found, paired), world)
        world.out(words.json === true ? jsonList([{ ...found, ratio: paired }]) : `${text()}\n`)
        return 0
      }),
    )
}

type Paired = ReturnType<typeof ratioOfPairs>

function pageOf(found: CrossCheck, paired: Paired): Page {
  const { scenario, workload, metric, server, natscli, rounds, remarks } = found
  const unit = metricNamed(metric)?.unit ?? 'count'
  const said = (value: number | undefined) => quantity(value, unit)
  const rows = rounds.map(({ ours, theirs }, i) => [`${i + 1}`, said(ours), said(theirs), ratio(ours / theirs)])
  const middle = [
    'median',
    said(median(rounds.map(({ ours }) => ours))),
    said(median(rounds.map(({ theirs }) => theirs))),
    ratio(paired?.value),
  ]
  return [
    [
      heading(1, `${scenario} beside nats bench`),
      sentence(`${workload}: ${metricNamed(metric)?.label ?? metric}, nats-server ${server}, natscli ${natscli}`),
    ],
    [
      {
        kind: 'table',
        label: 'rounds',
        columns: columnsOf(['round', 'ours', 'nats bench', 'ratio'], [...rows, middle]),
      },
    ],
    findingRows(remarks),
    [
      note('nats bench has no warm-up, counts from its first to its last message, and does not see what is lost'),
      sentence(`${scenario}: ${ratioText(paired)}`),
    ],
  ]
}

function ratioText(paired: Paired): string {
  if (paired === undefined) return 'no ratio: a number is missing'
  const { value, interval, confidence } = paired
  const times = `ours is ${threeDigits(value)} times that of nats bench`
  if (interval === undefined) return `${times}; too few rounds for an interval`
  const [low, high] = interval
  return `${times} (${threeDigits(low)} to ${threeDigits(high)}, ${Math.round((confidence ?? 0) * 100)} % confidence)`
}
