/** `reports/baselines/<host>/<scenario>.json`: reports that later runs are compared with. They may be committed. */
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Report } from '../model/report.ts'
import { textOfFile } from './plain-file.ts'
import { reportOf } from './reports.ts'
import { makePrivateFolder, namesIn, writePrivateFile } from './private-file.ts'

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
  const hosts = [...(await namesIn(join(root, 'baselines')))].sort()
  const found = await Promise.all(
    hosts.map(async (host) => {
      const files = [...(await namesOfHost(join(root, 'baselines', host)))].sort()
      return files
        .filter((file) => file.endsWith('.json'))
        .map((file) => ({ host, scenario: file.slice(0, -5), path: join(root, 'baselines', host, file) }))
    }),
  )
  return found.flat()
}

/** Throws `not-found` when there is none, `io` when it cannot be read, `recording-invalid` when it is not a report. */
export async function readBaseline(path: string): Promise<Report> {
  const what = `baseline ${path}`
  return reportOf(await textOfFile(path, what, 'pnpm bench baseline save latest'), what)
}

export function baselinePath(root: string, host: string, scenario: string): string {
  return join(root, 'baselines', folderName(host), `${folderName(scenario)}.json`)
}

function folderName(text: string): string {
  const plain = text.replaceAll(/[^\w.-]/g, '_').slice(0, 80)
  return /^\.*$/.test(plain) ? '_' : plain
}

/** A file beside the folders of the hosts, such as a README, is none of them. */
async function namesOfHost(folder: string): Promise<readonly string[]> {
  const found = await stat(folder).catch(() => undefined)
  return found?.isFile() === true ? [] : namesIn(folder)
}
