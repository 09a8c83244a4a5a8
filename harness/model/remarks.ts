import type { Finding } from './report.ts'

/** Said by health and not held against the run: whoever reads the numbers should know it all the same. */
export function remarks(health: readonly Finding[]): readonly Finding[] {
  return health.filter(isRemark)
}

/** Findings of limits, checks and the sum of health pass in silence; what else passes is told. */
export function isRemark({ outcome, rule }: Finding): boolean {
  return outcome === 'pass' && !silent.has(rule)
}

const silent: ReadonlySet<string> = new Set(['health', 'limit', 'check', 'baseline', 'expect'])
