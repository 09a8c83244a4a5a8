import type { Finding } from './report.ts'

/** Said by health and not held against the run: whoever reads the numbers should know it all the same. */
export function remarks(health: readonly Finding[]): readonly Finding[] {
  return health.filter((finding) => finding.outcome === 'pass' && finding.rule !== 'health')
}
