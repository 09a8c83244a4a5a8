/** `reports/baselines/<host>/<scenario>.json`: reports that later runs are compared with. They may be committed. */
import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { BenchError } from '../model/error.ts'
import type { Report } from '../model/report.ts'
import { reportOf } from './reports.ts'
import { hasCode, makePrivateFolder, writePrivateFile } from './private-file.ts'

export interface Baseline {
  readonly host: string
  readonly scenario: string
  readonly path: string
}

/** Series, histograms and marks are left out: the check needs only the values of blocks, and a committed file should be small. */
export async function saveBaseline(root: string, report: Report): Promise<Baseline> {
  const host = folderName(report.facts.host.hostname ?? report.facts.host.name)
  const scenario = folderName(report.plan.scenario.name)
  const path = join(root, 'baselines', host, `${scenario}.json`)
  await makePrivateFolder(join(root, 'baselines', host))
  const slim: Report = { ...report, series: [], histograms: [], marks: [] }
  await writePrivateFile(path, `${JSON.stringify(slim, null, 1)}\n`)
  return { host, scenario, path }
}

export async function listBaselines(root: string): Promise<readonly Baseline[]> {
  const hosts = await namesIn(join(root, 'baselines'))
  const found = await Promise.all(
    hosts.map(async (host) => {
      const files = await namesIn(join(root, 'baselines', host))
      return files
        .filter((file) => file.endsWith('.json'))
        .map((file) => ({ host, scenario: file.slice(0, -5), path: join(root, 'baselines', host, file) }))
    }),
  )
  return found.flat()
}

/** Throws `not-found` when there is none, `recording-invalid` when it is not a report. */
export async function readBaseline(path: string): Promise<Report> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (hasCode(error, 'ENOENT'))
      throw new BenchError('not-found', `baseline ${path} must exist, got none`, {
        hint: 'pnpm bench baseline save latest',
      })
    throw new BenchError('io', `baseline ${path} must be a file that can be read, got ${reasonOf(error)}`, {
      cause: error,
    })
  }
  return reportOf(text, `baseline ${path}`)
}

export function baselinePath(root: string, host: string, scenario: string): string {
  return join(root, 'baselines', folderName(host), `${folderName(scenario)}.json`)
}

function reasonOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : String(error)
}

function folderName(text: string): string {
  const plain = text.replaceAll(/[^\w.-]/g, '_').slice(0, 80)
  return /^\.*$/.test(plain) ? '_' : plain
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort()
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'ELOOP', 'EACCES'].some((code) => hasCode(error, code))) return []
    throw error
  }
}
