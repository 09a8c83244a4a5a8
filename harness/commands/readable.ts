/** What `compare`, `export` and `calibrate` read: a stored run, a report, or a file of another tool. */
import { stat } from 'node:fs/promises'
import { basename, join, resolve } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { ImportedAs } from '../model/imported.ts'
import { jsonOf, schemaNumber } from '../model/json.ts'
import { label } from '../model/fields.ts'
import { isKind, kinds } from '../model/kinds/kinds.ts'
import type { Report } from '../model/report.ts'
import { suggestion } from '../scenario/nearest.ts'
import { reportOfImported } from '../stats/imported.ts'
import { decode } from '../stats/merge.ts'
import { foreignOf } from '../store/imports/foreign.ts'
import { importText } from '../store/imports/read.ts'
import { textOfFile } from '../store/plain-file.ts'
import { reportOf, reportOfValue } from '../store/reports.ts'
import { findRun } from '../store/runs.ts'
import { judge } from '../verdict/judge.ts'

/**
 * A report as it is, alone or in the list that `--json` prints, a file of another tool as an imported report, or a run by its
 * stored report.
 */
export async function readReport(reference: string, root: string, cwd: string): Promise<Report> {
  const { path, as } = (await isFile(resolve(cwd, reference))) ? { path: reference } : await importOf(reference, cwd)
  const asFile = resolve(cwd, path)
  const given = await isFile(asFile)
  const file = given ? asFile : join((await findRun(reference, root, cwd)).path, 'report.json')
  const text = await textOfFile(file, `report ${file}`, `pnpm bench analyse ${reference}`)
  const json = jsonOf(text)
  const values = listOf(json?.value)
  // Whatever gives a schema number is a report of ours, of this version or of another.
  const ours = as === undefined && schemaNumber(values[0]) !== undefined && foreignOf('', values[0]) === undefined
  if (!given) return sound(reportOf(text, `report ${file}`), file)
  if (ours && values.length === 1) return sound(reportOfValue(values[0], `report ${file}`), file)
  if (ours) {
    throw new BenchError('recording-invalid', `report ${file} must be of one run, it lists ${values.length}`, {
      hint: 'give the run id or the report.json of each',
    })
  }
  const imported = reportOfImported(importText(text, basename(file), as), new Date(0).toISOString(), reference)
  return { ...imported, verdict: judge(imported) }
}

/** What it holds is told as it is, so a distribution that contradicts itself is refused here. Throws `recording-invalid`. */
function sound(report: Report, file: string): Report {
  for (const { workload, name, data } of report.histograms) decode(data, `${name} of ${workload} in report ${file}`)
  return report
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [value]
}

interface Said {
  readonly path: string
  readonly as?: ImportedAs
}

/** `js-publish=async.csv`, or `js-publish:send=async.csv` for a workload called send. Throws `usage` and `not-found`. */
async function importOf(reference: string, cwd: string): Promise<Said> {
  const [, kind = '', name, path = ''] = /^([^=:/]+)(?::([^=]*))?=(.+)$/s.exec(reference) ?? []
  if (path === '') return { path: reference }
  const there = await isFile(resolve(cwd, path))
  if (!isKind(kind)) {
    if (!there) return { path: reference }
    const known = Object.keys(kinds)
    throw new BenchError(
      'usage',
      `the kind of ${path} must be one of workloads, got "${kind}"${suggestion(kind, known)}`,
      { hint: `KIND=FILE, such as js-publish=${path}` },
    )
  }
  if (!there) throw new BenchError('not-found', `file ${resolve(cwd, path)} must be there, to be read as ${kind}`)
  const own = label.safeParse(name ?? kinds[kind].imported?.name ?? kind)
  if (own.success) return { path, as: { kind, name: own.data } }
  throw new BenchError('usage', `the workload's name in KIND:NAME=FILE ${own.error.issues[0]?.message}, got "${name}"`)
}

function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
}
