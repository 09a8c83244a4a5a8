/** What a chart is before it is drawn: its axes, its marks, and the table that says the same. */
import type { Axis } from './axis.ts'

/** Slots 1 to 6 are the colours of the page; 0 is the grey of floors and references. */
export type Slot = 0 | 1 | 2 | 3 | 4 | 5 | 6

export type Shape =
  | {
      readonly kind: 'line'
      readonly slot: Slot
      readonly dash?: 'dashed' | 'dotted'
      readonly thin?: boolean
      readonly thick?: boolean
      readonly points: readonly Point[]
    }
  /** Between two curves over the same x. */
  | { readonly kind: 'band'; readonly slot: Slot; readonly points: readonly (readonly [number, number, number])[] }
  /** A filled curve; `stack` puts it on top of the ones before it. */
  | { readonly kind: 'area'; readonly slot: Slot; readonly stack: boolean; readonly points: readonly Point[] }
  | { readonly kind: 'dots'; readonly slot: Slot; readonly size?: number; readonly points: readonly Point[] }
  /** Horizontal bars at the places of y, one on the end of the other. */
  | { readonly kind: 'bars'; readonly slot: Slot; readonly points: readonly Point[] }

export type Point = readonly [number, number]

export interface Chart {
  readonly id: string
  readonly title: string
  /** Id of the paragraph that says how its numbers were made. */
  readonly method: string
  readonly height?: number
  readonly x: Axis
  readonly y: Axis
  readonly shapes: readonly Shape[]
  readonly shades?: readonly { readonly from: number; readonly to: number; readonly name: string }[]
  /** Vertical reference, such as a ratio of one. */
  readonly rule?: number
  readonly legend: readonly { readonly slot: Slot; readonly name: string; readonly dash?: 'dashed' | 'dotted' }[]
  readonly table: ChartTable
  readonly notes?: readonly string[]
}

export interface ChartTable {
  readonly head: readonly string[]
  /** `at`: where the row lies on the axis `along`; pointing at the chart there shows the row. */
  readonly along: 'x' | 'y'
  readonly rows: readonly { readonly at: number; readonly cells: readonly string[] }[]
}

export const slotOf = (index: number): Slot => slots[index % slots.length] ?? 1
const slots: readonly Slot[] = [1, 2, 3, 4, 5, 6]

export const chartWidth = 460
export const chartHeight = 250
