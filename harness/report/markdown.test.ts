import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { attacks, hostileReport } from '../../fixtures/reports/hostile.ts'
import { recordedNames, recordedReport } from '../../fixtures/reports/recorded.ts'
import { code, codeBlock, label, md } from './markdown-text.ts'
import { markdown } from './markdown.ts'

const grid = { variants: { a: {}, b: {} } }

/** Lines outside fenced blocks. */
function prose(text: string): readonly string[] {
  let fence: string | undefined
  return text.split('\n').filter((line) => {
    const mark = /^(`{3,})/.exec(line)?.[1]
    if (fence === undefined) fence = mark
    else if (line === fence) {
      fence = undefined
      return false
    }
    return fence === undefined && mark === undefined
  })
}

describe('markdown', () => {
  it('has verdict, numbers, topology, health and the command to repeat it', () => {
    const text = markdown(sampleReport())
    expect(text).toMatch(/^# fan-out: CANNOT TELL/)
    expect(text).toMatch(/\| latency p99 \| \*\*2\d\d µs\*\* \|/)
    expect(text).toContain('```sh\npnpm bench run scenarios/first/fan-out.ts --on bastille\n```')
    expect(text).toContain('| nats-server on hub | 2.15.2, go install, go1.25.1 |')
    expect(text).toMatch(/Not healthy: 1 finding, 2 remarks\./)
  })

  it('draws the topology with rates on the edges and CPU on the nodes', () => {
    const text = markdown(sampleReport())
    expect(text).toMatch(/n1 -->\|"pub<br\/>2\d\.\d k msg\/s"\| n0/)
    expect(text).toMatch(/n0\[\["hub<br\/>10\.0\.0\.10:4222<br\/>CPU 47\.0 %"\]\]/)
  })

  it.each([
    { name: 'hostile names', report: hostileReport() },
    { name: 'hostile variants', report: hostileReport(grid) },
    ...recordedNames.map((name) => ({ name: `the recording ${name}`, report: recordedReport(name) })),
  ])('keeps every table whole with $name', ({ report }) => {
    const lines = prose(markdown(report)).filter((line) => line.startsWith('|'))
    expect(lines.length).toBeGreaterThan(10)
    let columns = 0
    for (const [i, line] of lines.entries()) {
      const cells = line.replace(/\\\|/g, '').split('|').length - 2
      if (/^\| :?--/.test(lines[i + 1] ?? '')) columns = cells
      expect(cells).toBe(columns)
    }
  })

  it('lets no attack out of its place', () => {
    const lines = prose(markdown(hostileReport()))
    const text = lines.join('\n')
    expect(text.replaceAll('<br>', '').replace(/(`+)[^`].*?\1/g, '')).not.toMatch(/<\w|<\//)
    expect(text).not.toMatch(/(^|[^\\])\]\(/)
    expect(text).not.toContain('://')
    expect(text).not.toMatch(/@\w/)
    expect(lines.filter((line) => /^#+ heading/.test(line))).toEqual([])
  })

  it('quotes every Mermaid label so that it is text only', () => {
    for (const attack of attacks) expect(label(attack)).toMatch(/^"[^"<>[\]`|]*"$/)
    const diagram = /```mermaid\n([\s\S]*?)\n```/.exec(markdown(hostileReport()))?.[1] ?? ''
    for (const line of diagram.split('\n').slice(1)) {
      expect(line.replace(/"[^"]*"/g, '""')).toMatch(
        /^ {2}(n\d+(\[\[""\]\]|\(""\)| -->\|""\| n\d+)|class n\d+ server|classDef server .*)$/,
      )
    }
  })
})

describe('fences', () => {
  it('are longer than any run of backticks inside', () => {
    expect(codeBlock('sh', 'a\n````\nb')).toBe('`````sh\na\n````\nb\n`````')
    expect(code('a`b``c')).toBe('```a`b``c```')
    expect(md('a|b_c*d')).toBe('a\\|b\\_c\\*d')
    expect([md('- a'), md('1. a'), md('2.15.2'), md('-1')]).toEqual(['\\- a', '1\\. a', '2.15.2', '-1'])
  })
})
