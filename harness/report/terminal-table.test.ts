import { describe, expect, it } from 'vitest'
import { textTable } from './terminal-table.ts'

const columns = [
  { head: '', cells: ['bytes=16', 'bytes=1024'], left: true },
  { head: 'throughput', cells: ['1.20 M msg/s', '980 k msg/s'] },
  { head: 'p99', cells: ['1.00 ms', '12.0 ms'], weight: 1, style: (text: string) => `<${text}>` },
  { head: 'over time', cells: ['▁▂▃', '▃▂▁'], weight: 9, left: true },
]

describe('a table of the terminal', () => {
  it('aligns names to the left and numbers to the right, and styles after that', () => {
    expect(textTable(columns, { indent: 2, columns: 80 })).toEqual([
      '                throughput      p99  over time',
      '  bytes=16    1.20 M msg/s  <1.00 ms>  ▁▂▃',
      '  bytes=1024   980 k msg/s  <12.0 ms>  ▃▂▁',
    ])
  })

  it('leaves out what matters least where there is no room', () => {
    expect(textTable(columns, { indent: 2, columns: 36 })[0]).toBe('                throughput      p99')
    expect(textTable(columns, { indent: 0, columns: 24 })[0]).toBe('              throughput')
  })

  it('gives each row a block where not even the rest fits, and is never wider than the room', () => {
    const lines = textTable(columns, { indent: 0, columns: 20 })
    expect(lines.slice(0, 3)).toEqual(['bytes=16', '  throu…  1.20 M ms…', '  p99     <1.00 ms>'])
    expect(Math.max(...lines.map((line) => line.replaceAll(/[<>]/g, '').length))).toBeLessThanOrEqual(22)
  })
})
