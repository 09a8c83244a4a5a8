/**
 * The order of blocks: variants forward, backward, forward ... (A B B A). Every variant's blocks then have the same mean
 * place in time, or nearly so with an odd number of repeats, and a steady drift of the machine (warming up, filling
 * caches) cancels out instead of favouring whoever comes first: counterbalancing as in Montgomery, Design and Analysis of
 * Experiments, ch. 4 (blocking), and ABBA calibration in metrology (NIST/SEMATECH e-Handbook, 2.3.3.2, drift elimination).
 */
import type { BlockPlan } from '../model/plan.ts'

export function blockOrder(variants: readonly string[], repeats: number): readonly BlockPlan[] {
  const passes = Array.from({ length: repeats }, (_, repeat) =>
    (repeat % 2 === 0 ? variants : variants.toReversed()).map((variant) => ({ variant, repeat })),
  )
  return passes.flat().map(({ variant, repeat }, index) => ({ index, variant, repeat }))
}
