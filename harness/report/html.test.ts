import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { hostileReport } from '../../fixtures/reports/hostile.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { recordedNames, recordedReport } from '../../fixtures/reports/recorded.ts'
import { quantity } from './format.ts'
import { html, htmlSuite } from './html.ts'
import { h } from './markup.ts'

const grid = {
  variants: {
    'bytes=16': { 'workloads.pub.payload.bytes': 16 },
    'bytes=1024': { 'workloads.pub.payload.bytes': 1024 },
  },
  vary: { 'workloads.pub.payload.bytes': [16, 1024] },
  histogram: humps,
}

/** Names of all elements and of all attributes in the text. */
function anatomy(text: string) {
  const withoutScripts = text.replace(/<(script|style)>[\s\S]*?<\/\1>/g, '<$1></$1>')
  const tags = [...withoutScripts.matchAll(/<([a-zA-Z][\w-]*)((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g)]
  return {
    elements: new Set(tags.map((tag) => tag[1])),
    attributes: new Set(
      tags.flatMap((tag) => [...(tag[2] ?? '').matchAll(/([\w:-]+)(?:="[^"]*")?/g)].map((a) => a[1])),
    ),
    /** Angle brackets that belong to no tag we could read. */
    stray: withoutScripts
      .replace(/<!doctype html>|<\/?[a-zA-Z][\w-]*((?:\s+[\w:-]+(?:="[^"]*")?)*)\s*\/?>/g, '')
      .match(/[<>]/g),
  }
}

describe('html', () => {
  it.each([
    ['hostile names', () => hostileReport({ histogram: humps })],
    ['hostile variants', () => hostileReport(grid)],
  ])('lets no text become markup with %s', async (_, make) => {
    const text = await html(make())
    const { elements, attributes, stray } = anatomy(text)
    expect(
      [...elements].filter((name) =>
        /^(img|object|iframe|embed|form|input|base|foreignObject|image)$/.test(name ?? ''),
      ),
    ).toEqual([])
    expect(
      [...attributes].filter((name) => /^(on|style$|src|srcset|action|formaction|xlink:href)/.test(name ?? '')),
    ).toEqual([])
    expect(stray).toBeNull()
    expect(text.match(/<script>/g)).toHaveLength(1)
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;')
  })

  it('allows exactly its own style and script, and links to nowhere else', async () => {
    const text = await html(recordedReport('latency'))
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(text)?.[1]?.replaceAll('&#39;', "'") ?? ''
    const hash = (tag: string): string => {
      const inner = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(text)?.[1] ?? ''
      return `'sha256-${createHash('sha256').update(inner).digest('base64')}'`
    }
    expect(policy).toBe(
      `default-src 'none'; style-src ${hash('style')}; script-src ${hash('script')}; img-src data:; base-uri 'none'; form-action 'none'`,
    )
    const links = [...text.matchAll(/(?:href|src)="([^"]*)"/g)].map((m) => m[1] ?? '')
    expect(links.filter((link) => !link.startsWith('#') && link !== 'data:,')).toEqual([])
  })

  it.each(recordedNames)('of the recording %s has every link end somewhere and every id once', async (name) => {
    const text = await html(recordedReport(name))
    const ids = [...text.matchAll(/ id="([^"]*)"/g)].map((m) => m[1])
    expect(new Set(ids).size).toBe(ids.length)
    const ends = [...text.matchAll(/(?:href="#|aria-labelledby="|aria-describedby="|url\(#)([^")]*)/g)].map((m) => m[1])
    expect(ends.filter((end) => !ids.includes(end))).toEqual([])
  })

  it.each(recordedNames)('of the recording %s holds the median of every summary', async (name) => {
    const report = recordedReport(name)
    const text = await html(report)
    for (const s of report.summaries) expect(text).toContain(`<td>${quantity(s.median, s.unit)}`)
  })

  it('is the same text each time it is made', async () => {
    const report = recordedReport('payload-sizes')
    expect(await html(report)).toBe(await html(report))
  })

  it('draws two humps as two: the density falls to less than half between them', async () => {
    const text = await html(sampleReport({ histogram: humps }))
    const table = /Table: sub: latency distribution"><table>([\s\S]*?)<\/table>/.exec(text)?.[1] ?? ''
    const shares = [...table.matchAll(/<tr[^>]*><th scope="row">[^<]*<td>([^<]*)/g)].map((m) =>
      m[1] === '0' || m[1]?.startsWith('&lt;') === true ? 0 : Number.parseFloat(m[1] ?? '0'),
    )
    const top = Math.max(...shares)
    const first = shares.indexOf(top)
    const second = Math.max(...shares.slice(first + 20))
    const at = shares.lastIndexOf(second)
    expect(Math.min(...shares.slice(first, at))).toBeLessThan(second / 2)
  })

  it('keeps ten scenarios within one megabyte', { timeout: 60_000 }, async () => {
    const reports = [...recordedNames, ...recordedNames, ...recordedNames, 'latency' as const].map(recordedReport)
    const text = await htmlSuite(reports)
    expect(Buffer.byteLength(text)).toBeLessThan(1_000_000)
    expect(text.match(/<section class="report"/g)).toHaveLength(10)
  })

  it('survives reports in which little or nothing was measured', async () => {
    const sample = sampleReport({ repeats: 1, histogram: humps })
    const nothing = {
      ...sample,
      measurements: [],
      summaries: [],
      series: [],
      nodes: [],
      bottlenecks: [],
      histograms: [],
      health: [],
      marks: [],
    }
    expect(await html(nothing)).toContain('class="badge unknown"')
    expect(await html(sample)).toContain('<figure')
  })
})

describe('markup', () => {
  it('escapes what is put in, and only passes its own results', () => {
    expect(h`<p title="${'"<&\''}">${h`<b>${'<'}</b>`}${[1, '&']}${undefined}`.markup).toBe(
      '<p title="&quot;&lt;&amp;&#39;"><b>&lt;</b>1&amp;',
    )
  })
})
