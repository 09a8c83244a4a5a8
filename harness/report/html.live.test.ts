/** The HTML pages in a real browser: headless Chromium, no network, real recordings. */
import { existsSync } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { chromium } from 'playwright-core'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { sampleReport } from '../../fixtures/reports/build.ts'
import { hostileReport } from '../../fixtures/reports/hostile.ts'
import { humps } from '../../fixtures/reports/humps.ts'
import { recordedNames, recordedReport } from '../../fixtures/reports/recorded.ts'
import { compareRuns } from '../stats/compare-runs.ts'
import { compareHtml } from './compare-page.ts'
import { quantity } from './format.ts'
import { historyEntry } from './history-entry.ts'
import { checkedReport, curveReport, longNames, twoDimensions } from '../../fixtures/reports/shapes.ts'
import { html, htmlSuite } from './html.ts'
import { indexHtml } from './index-html.ts'

/**
 * Elements whose text is wider than their box: what a reader cannot read. Left out: what scrolls (but for its caption), what is folded
 * away, and boxes that are part of a line of text.
 */
const clipped = `(() => {
  const seen = (e) => e.getClientRects().length > 0 && !e.closest('details:not([open]) > :not(summary)')
  const boxes = [...document.querySelectorAll('main *')].filter((e) =>
    seen(e) && !e.closest('svg, .scroll, .skip') && getComputedStyle(e).display !== 'inline' && e.scrollWidth > e.clientWidth + 1)
  const words = [...document.querySelectorAll('main svg text')].filter((e) => {
    if (!seen(e)) return false
    const [own, svg] = [e.getBoundingClientRect(), e.ownerSVGElement.getBoundingClientRect()]
    return own.left < svg.left - 1 || own.right > svg.right + 1 || own.top < svg.top - 1 || own.bottom > svg.bottom + 1
  })
  const captions = [...document.querySelectorAll('main .scroll caption')].filter((e) => {
    const words = document.createRange()
    words.selectNodeContents(e)
    return seen(e) && words.getBoundingClientRect().right > e.closest('.scroll').getBoundingClientRect().right + 1
  })
  const parts = [...document.querySelectorAll('main .topology svg text:not(.label)')].filter((e) => {
    if (!seen(e)) return false
    const right = e.getBoundingClientRect().right
    let box = e.previousElementSibling
    while (box && box.tagName !== 'rect') box = box.previousElementSibling
    return box !== null && right > box.getBoundingClientRect().right + 1
  })
  return [...boxes, ...words, ...captions, ...parts].map((e) => e.tagName + '.' + (e.getAttribute('class') ?? '') + ': ' + e.textContent.slice(0, 60))
})()`

const program = ['/usr/bin/chromium', '/usr/local/bin/chromium', '/usr/bin/google-chrome'].find((path) =>
  existsSync(path),
)
const why = program === undefined ? ' (skipped: no Chromium; apt-get install chromium)' : ''
const axe = createRequire(import.meta.url).resolve('axe-core/axe.min.js')

interface Violations {
  readonly violations: readonly {
    readonly id: string
    readonly impact: string
    readonly nodes: readonly { readonly html: string }[]
  }[]
}

interface Opened {
  readonly page: Page
  readonly complaints: string[]
  readonly close: () => Promise<void>
}

let browser: Browser
let folder: string

beforeAll(async () => {
  if (program === undefined) return
  folder = await mkdtemp(join(tmpdir(), 'report-'))
  browser = await chromium.launch({
    executablePath: program,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
})

afterAll(async () => {
  if (program === undefined) return
  await browser.close()
  await rm(folder, { recursive: true })
})

/** Opens a page from disk and notes every error, warning and request beside the file itself. */
async function open(text: string, options: BrowserContextOptions = {}): Promise<Opened> {
  const file = join(folder, `${Math.random().toString(36).slice(2)}.html`)
  await writeFile(file, text)
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options })
  const page = await context.newPage()
  const complaints: string[] = []
  const own = pathToFileURL(file).href
  page.on('console', (message) => complaints.push(`console ${message.type()}: ${message.text()}`))
  page.on('pageerror', (error) => complaints.push(`error: ${error.message}`))
  page.on('dialog', (dialog) => {
    complaints.push(`dialog: ${dialog.message()}`)
    void dialog.dismiss()
  })
  page.on('request', (request) => {
    if (request.url() !== own && !request.url().startsWith('data:')) complaints.push(`request: ${request.url()}`)
  })
  await page.goto(own)
  return { page, complaints, close: () => context.close() }
}

/** Widths of a telephone, a tablet and a wide screen. */
const widths = [360, 390, 800, 1600]

/** Rules of axe that a theme can break; all others ask about what is the same in both. */
const ofColours = ['color-contrast', 'link-in-text-block']

async function faultsOf(page: Page, only?: readonly string[]): Promise<readonly string[]> {
  const options = { resultTypes: ['violations'], ...(only === undefined ? {} : { runOnly: only }) }
  const { violations } = await page.evaluate<Violations>(`axe.run(document, ${JSON.stringify(options)})`)
  return violations
    .filter((v) => v.impact === 'serious' || v.impact === 'critical')
    .map((v) => `${v.id}: ${v.nodes[0]?.html.slice(0, 200) ?? ''}`)
}

const index = () => indexHtml(recordedNames.map((name) => historyEntry(recordedReport(name), 'x/report.html')))
const pages: Readonly<Record<string, () => string | Promise<string>>> = {
  run: () => html(sampleReport(longNames)),
  'run of JetStream': () => html(recordedReport('ack-kinds')),
  'run of a bucket': () => html(recordedReport('kv')),
  'run with a fault': () => html(recordedReport('os-crash-short')),
  check: () => html(checkedReport()),
  curve: () => html(curveReport()),
  comparison: () => compareHtml(compareRuns([recordedReport('latency'), sampleReport({ histogram: humps })])),
  // Two are enough: what is in each stands on the pages above.
  suite: () => htmlSuite([recordedReport('request-reply'), sampleReport(twoDimensions)]),
  index,
}

describe.skipIf(program === undefined)(`report.html in Chromium${why}`, () => {
  it.each(recordedNames)(
    'of %s opens without a complaint or a request, every chart is drawn, and its tables agree with report.json',
    async (name) => {
      const report = recordedReport(name)
      const { page, complaints, close } = await open(await html(report))
      const figures = await page.locator('figure.chart').all()
      expect(figures.length).toBeGreaterThan(4)
      for (const figure of figures) {
        const box = await figure.locator('svg').boundingBox()
        expect(box?.width).toBeGreaterThan(200)
        expect(await figure.locator('svg [class^="k"], svg [class^="f"]').count()).toBeGreaterThan(0)
        expect(await figure.locator('tbody tr').count()).toBeGreaterThan(0)
      }
      // a line that is filled would cover the chart
      const fills = await page.evaluate(
        '[...document.querySelectorAll("path.k1, path.K2")].map((line) => getComputedStyle(line).fill)',
      )
      expect(new Set(fills as string[])).toEqual(new Set(['none']))
      const several = report.plan.variants.length > 1
      for (const workload of new Set(report.summaries.map((s) => s.workload))) {
        const label = workload === 'floor' ? 'Numbers of the floor' : `Numbers of ${workload}`
        const shown = await page
          .locator(`[aria-label="${label}"] tbody tr`)
          .evaluateAll((rows: readonly { readonly children: Iterable<{ readonly textContent: string }> }[]) =>
            rows.map((row) => [...row.children].map((cell) => cell.textContent.trim())),
          )
        const wanted = report.summaries.filter((s) => s.workload === workload)
        expect(shown.map((cells) => cells.slice(0, several ? 3 : 2))).toEqual(
          wanted.map((s) => [s.metric, ...(several ? [s.variant] : []), quantity(s.median, s.unit)]),
        )
      }
      expect(complaints).toEqual([])
      await close()
    },
  )

  it('shows the row of the table under the pointer, reads rows by arrow keys, hides a line by its legend, zooms and back', async () => {
    const { page, complaints, close } = await open(await html(recordedReport('latency')))
    const figure = page.locator('figure.chart').first()
    await figure.scrollIntoViewIfNeeded()
    await figure.locator('.plot').hover()
    const tip = figure.locator('.tip')
    const row = await figure.locator('tr.at').locator('th, td').allTextContents()
    expect(row.length).toBeGreaterThan(1)
    for (const cell of row) expect(await tip.textContent()).toContain(cell.trim())
    await figure.locator('.plot').focus()
    await page.keyboard.press('Escape')
    expect(await tip.count()).toBe(0)
    await page.keyboard.press('ArrowRight')
    const first = (await figure.locator('tbody tr').first().locator('th').textContent()) ?? 'none'
    expect(await tip.textContent()).toContain(first.trim())
    const line = figure.locator('svg path.k1').first()
    const button = figure.locator('.legend button').first()
    expect(await line.isVisible()).toBe(true)
    await button.click()
    expect(await button.getAttribute('aria-pressed')).toBe('false')
    expect(await line.isVisible()).toBe(false)
    await button.click()
    expect(await line.isVisible()).toBe(true)
    const box = await figure.locator('svg').boundingBox()
    if (box === null) throw new Error('the chart must have a place on the page')
    await page.mouse.move(box.x + box.width * 0.4, box.y + box.height / 2)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.7, box.y + box.height / 2, { steps: 4 })
    await page.mouse.up()
    expect(await line.getAttribute('transform')).toMatch(/scale\([2-9]/)
    await figure.locator('.unzoom').click()
    expect(await line.getAttribute('transform')).toBeNull()
    expect(complaints).toEqual([])
    await close()
  })

  it('turns dark and light by its button, and follows the system before', async () => {
    const { page, close } = await open(await html(recordedReport('latency')), { colorScheme: 'dark' })
    const paper = () => page.evaluate('getComputedStyle(document.body).backgroundColor')
    const dark = await paper()
    await page.locator('#theme').click()
    const light = await paper()
    expect(light).toBe('rgb(255, 255, 255)')
    expect(dark).not.toBe(light)
    await page.locator('#theme').click()
    expect(await paper()).toBe(dark)
    await close()
  })

  it('loses no picture and no table without JavaScript', async () => {
    const { page, close } = await open(await html(recordedReport('request-reply')), { javaScriptEnabled: false })
    const figure = page.locator('figure.chart').first()
    expect(await figure.locator('svg path.k1').first().isVisible()).toBe(true)
    await figure.locator('summary').click()
    expect(await figure.locator('td').first().isVisible()).toBe(true)
    await close()
  })

  it('runs nothing of what a hostile report brings along', async () => {
    const grid = { variants: { a: {}, b: {} }, histogram: humps }
    for (const text of [
      await html(hostileReport(grid)),
      await compareHtml(compareRuns([hostileReport(grid), hostileReport()])),
      indexHtml([historyEntry(hostileReport(), 'javascript:alert(1)')]),
    ]) {
      const { page, complaints, close } = await open(text)
      expect(await page.locator('img, iframe, object').count()).toBe(0)
      expect(complaints).toEqual([])
      await close()
    }
  })

  it.each(Object.entries(pages))(
    'of a %s fits every width, and has no serious fault for axe in both themes',
    async (_, make) => {
      // the policy of the page would keep axe out, so only here it is switched off
      const { page, close } = await open(await make(), { bypassCSP: true })
      await page.addScriptTag({ path: axe })
      for (const width of widths) {
        await page.setViewportSize({ width, height: 900 })
        expect(await page.evaluate('document.documentElement.scrollWidth'), String(width)).toBeLessThanOrEqual(width)
        expect(await page.evaluate(clipped), String(width)).toEqual([])
      }
      for (const [colorScheme, only] of [['dark'], ['light', ofColours]] as const) {
        await page.emulateMedia({ colorScheme })
        expect(await faultsOf(page, only), colorScheme).toEqual([])
      }
      await close()
    },
  )

  it('prints every number: nothing scrolls or is cut off on paper', async () => {
    const { page, complaints, close } = await open(await html(sampleReport(twoDimensions)))
    await page.emulateMedia({ media: 'print' })
    const scrolls = await page.evaluate(
      '[...document.querySelectorAll(".scroll")].filter((e) => getComputedStyle(e).overflow !== "visible").length',
    )
    expect(scrolls).toBe(0)
    expect(await page.locator('#theme').isVisible()).toBe(false)
    expect(complaints).toEqual([])
    await close()
  })

  it('says the rate and shows the knee of a curve before all else', async () => {
    const { page, close } = await open(await html(curveReport()))
    expect(await page.locator('.verdict').textContent()).toContain('Highest sustainable rate 12.0 k msg/s')
    const order = await page.evaluate(
      '[...document.querySelectorAll(".verdict, .answer h3, .answer figure, .tiles")].map((e) => e.className || e.tagName)',
    )
    expect(order).toEqual(['verdict unknown', 'H3', 'chart', 'tiles'])
    expect(await page.locator('.tiles + .note').textContent()).toContain('load=100')
    await close()
  })

  it('shows a grid of two dimensions as tables that are shaded by value', async () => {
    const { page, close } = await open(await html(sampleReport(twoDimensions)))
    expect(await page.locator('.heat').count()).toBe(3)
    expect(await page.locator('.heat').first().locator('tbody tr').count()).toBe(2)
    expect(await page.locator('.heat td').count()).toBe(18)
    await close()
  })

  it('takes at most five seconds of this processor, busy with other work, for a suite of ten scenarios', async () => {
    const reports = [...recordedNames, ...recordedNames, ...recordedNames, 'latency' as const].map(recordedReport)
    const before = process.cpuUsage()
    await htmlSuite(reports)
    const { user, system } = process.cpuUsage(before)
    expect((user + system) / 1e6).toBeLessThan(5)
  })
})

describe.skipIf(program === undefined)(`index.html in Chromium${why}`, () => {
  it('shows only the runs that its filters let through', async () => {
    const entries = recordedNames.map((name) => ({
      ...historyEntry(recordedReport(name), `${name}/report.html`),
      outcome: name === 'latency' ? ('fail' as const) : ('pass' as const),
    }))
    const { page, complaints, close } = await open(indexHtml([...entries, ...entries, ...entries]))
    expect(await page.locator('#runs tbody tr:visible').count()).toBe(9)
    await page.locator('select[data-filter="scenario"]').selectOption('latency')
    expect(await page.locator('#runs tbody tr:visible').count()).toBe(3)
    expect(await page.locator('#shown').textContent()).toBe('3 of 9 runs')
    await page.locator('select[data-filter="verdict"]').selectOption('PASS')
    expect(await page.locator('#shown').textContent()).toBe('0 of 9 runs')
    await page.locator('select[data-filter="scenario"]').selectOption('')
    expect(await page.locator('#shown').textContent()).toBe('6 of 9 runs')
    expect(complaints).toEqual([])
    await close()
  })
})
