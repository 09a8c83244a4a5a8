/** Rounds of a duel → medians, ratios and whether each goal is met. */
import type { Duel, Goal, Round } from './duels.ts'
import { serverAtMost, serverIsFull } from './server-share.ts'

export interface Figure {
  readonly duel: string
  readonly about: string
  readonly figure: string
  readonly unit: string
  readonly ours: number
  /** Smallest and largest round. */
  readonly oursRange: readonly [number, number]
  readonly theirs?: number
  readonly theirsRange?: readonly [number, number]
  readonly ratio?: number
  readonly goal?: string
  readonly met?: boolean
  /** The goal was missed, and the server was at its limit. */
  readonly serverFull?: true
}

export function judgeDuel(duel: Duel, rounds: readonly Round[]): Figure[] {
  return duel.goals.map((goal) => judge(duel, goal, rounds))
}

function judge(duel: Duel, goal: Goal, rounds: readonly Round[]): Figure {
  const ours = rounds.map((round) => round.ours[goal.figure] ?? NaN)
  const theirs = goal.of === 'ratio' ? rounds.flatMap((round) => round.theirs?.[goal.figure] ?? []) : []
  const ratio = theirs.length === 0 ? undefined : median(ours) / median(theirs)
  const value = goal.of === 'ratio' ? (ratio ?? NaN) : median(ours)
  const limit = goal.atLeast ?? goal.atMost
  const reached = limit !== undefined && (goal.atLeast === undefined ? value <= limit : value >= limit)
  const serverFull =
    !reached &&
    goal.boundByServer === true &&
    median(rounds.map((round) => round.ours[serverAtMost] ?? NaN)) >= serverIsFull
  return {
    duel: duel.name,
    about: duel.about,
    figure: goal.figure,
    unit: goal.unit,
    ours: median(ours),
    oursRange: range(ours),
    ...(ratio === undefined ? {} : { theirs: median(theirs), theirsRange: range(theirs), ratio }),
    ...(limit === undefined
      ? {}
      : {
          goal: `${goal.atLeast === undefined ? '≤' : '≥'} ${limit}${goal.of === 'ratio' ? ' ×' : ''}`,
          met: reached || serverFull,
          ...(serverFull ? { serverFull } : {}),
        }),
  }
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = Math.floor(sorted.length / 2)
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2
}

function range(values: readonly number[]): readonly [number, number] {
  return [Math.min(...values), Math.max(...values)]
}

export function printTable(figures: readonly Figure[]): string {
  const rows = figures.map((figure) => [
    `${figure.duel}: ${figure.figure}${figure.unit === '' || figure.unit === figure.figure ? '' : ` (${figure.unit})`}`,
    span(figure.ours, figure.oursRange),
    figure.theirs === undefined ? '' : span(figure.theirs, figure.theirsRange),
    figure.ratio === undefined ? '' : `${figure.ratio.toFixed(2)} ×`,
    figure.goal ?? '',
    figure.met === undefined ? '' : figure.serverFull ? 'server full' : figure.met ? 'met' : 'MISSED',
  ])
  const table = [['median (range)', 'ours', 'nats bench', 'ratio', 'goal', ''], ...rows]
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)))
  return table
    .map(
      (row) =>
        `${row
          .map((cell, i) => cell.padEnd(widths[i]!))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

function span(value: number, range: readonly [number, number] | undefined): string {
  return range === undefined ? short(value) : `${short(value)} (${short(range[0])} – ${short(range[1])})`
}

function short(value: number): string {
  if (Math.abs(value) >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  if (Math.abs(value) >= 1000) return value.toLocaleString('en', { maximumFractionDigits: 0 })
  return Number(value.toPrecision(3)).toString()
}
