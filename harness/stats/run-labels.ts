/** Names that tell the runs of a comparison apart: the table's heads, so short. */
import type { Report } from '../model/report.ts'
import { isImported } from './imported.ts'

/** Wider heads leave no room for numbers. */
const widest = 16

export interface RunLabel {
  readonly label: string
  /** Whole, where the label is a letter in its place. */
  readonly name?: string
}

/** The names as they are, or A, B, C where one is too long; of more runs than letters, numbers. */
export function runLabels(reports: readonly Report[]): readonly RunLabel[] {
  const names = namesOf(reports)
  if (names.every((name) => name.length <= widest)) return names.map((label) => ({ label }))
  return names.map((name, i) => ({ label: names.length > 26 ? String(i + 1) : String.fromCodePoint(65 + i), name }))
}

/** Host, substrate, server version, then the run itself; of an imported file the end of its path, numbered at last. */
function namesOf(reports: readonly Report[]): readonly string[] {
  for (const folders of [0, 1]) {
    for (const used of [[0], [1], [2], [0, 1], [0, 2], [0, 1, 2]]) {
      const names = reports.map((report) =>
        isImported(report) ? endOf(report.run, folders) : used.map((i) => partsOf(report)[i]).join(' '),
      )
      if (new Set(names).size === names.length) return names
    }
  }
  return numbered(reports.map((report) => report.run))
}

function partsOf({ facts, plan }: Report): readonly string[] {
  return [
    facts.host.hostname ?? facts.host.name,
    plan.substrate,
    [...new Set(facts.servers.map((s) => s.version))].join('+'),
  ]
}

function endOf(path: string, folders: number): string {
  return path
    .split('/')
    .slice(-1 - folders)
    .join('/')
}

function numbered(names: readonly string[]): readonly string[] {
  return names.map((name, i) => {
    const before = names.slice(0, i).filter((other) => other === name).length
    return before === 0 ? name : `${name} #${before + 1}`
  })
}
