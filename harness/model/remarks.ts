import type { Finding } from './report.ts'

/** Findings of health that do not change the verdict, but that a reader of the numbers should know. */
export function remarks(health: readonly Finding[]): readonly Finding[] {
  return health.filter(isRemark)
}

/** Findings of limits, checks and the sum of health pass in silence; what else passes is told. */
export function isRemark({ outcome, rule }: Finding): boolean {
  return outcome === 'pass' && !silent.has(rule)
}

const silent: ReadonlySet<string> = new Set(['health', 'limit', 'check', 'baseline', 'expect'])
