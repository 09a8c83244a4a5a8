/** `compare.html`: runs beside each other on one page, what differs and what is unfair before any number. */
import type { ComparedRow, Comparison } from '../model/comparison.ts'
import { curvesChart, forestChart } from './chart-compare.ts'
import { comparedRange, comparedText, judged, judgedWords, ratioText, rowName } from './comparing.ts'
import { makeDraw } from './draw.ts'
import { figure } from './figure.ts'
import { ratioNote } from './compare-terminal.ts'
import { absent } from './format.ts'
import { h } from './markup.ts'
import type { Markup } from './markup.ts'
import { methodOf, methodsSection } from './methods.ts'
import { page } from './page.ts'
import { outcomeWords } from './reading.ts'

const mostCurves = 8

export async function compareHtml(comparison: Comparison): Promise<string> {
  const draw = await makeDraw()
  const raw = comparison.rows.filter((r) => r.per === undefined)
  const normalised = comparison.rows.filter((r) => r.per !== undefined)
  const charts = [
    forestChart(comparison, raw, 'Ratios, as measured', 'forest-raw'),
    forestChart(comparison, normalised, 'Ratios, normalised', 'forest-normalised'),
    ...comparison.curves.slice(0, mostCurves).map((curve, i) => curvesChart(comparison, curve, `curve-${i}`)),
  ].flatMap((chart) => chart ?? [])
  const labels = comparison.runs.map((r) => r.label)
  return page(
    `${labels.join(' and ')} · NATS benchmark comparison`,
    h`<h1>${labels.join(' beside ')}</h1>
${counts(comparison)}
<div class="scroll" tabindex="0" role="region" aria-label="Runs"><table class="overview"><thead><tr><th scope="col">run<th scope="col">scenario<th scope="col">substrate<th scope="col">machine<th scope="col">verdict<th scope="col">at<tbody>${comparison.runs.map(
      (r) =>
        h`<tr><th scope="row">${r.label}<td>${r.scenario}<td>${r.substrate}<td>${r.substrate === 'imported' ? absent : `${r.host.os} ${r.host.kernel} ${r.host.arch}`}<td><span class="badge ${r.outcome}">${outcomeWords[r.outcome]}</span><td>${r.at}`,
    )}</table></div>
${comparison.unfair.length > 0 ? h`<h2>Read this first</h2><ul>${comparison.unfair.map((text) => h`<li>${text}`)}</ul>` : undefined}
${differences(comparison)}
<h2>Charts</h2><div class="charts">${charts.map((chart) => figure(chart, draw))}</div>
<h2>As measured</h2><p class="note">${ratioNote}</p>${table(comparison, raw, 'As measured')}
${normalised.length > 0 ? h`<h2>Normalised</h2><p class="note">Per core and per GHz divide by what the machine has, per CPU-second by what the servers used, over floor by the raw TCP echo of the same machine.</p>${table(comparison, normalised, 'Normalised')}` : undefined}
${methodsSection()}`,
  )
}

/** `Against A: 2 better, 3 worse, 12 cannot tell.` Without colours where the circumstances were not equal. */
function counts({ rows, runs, unfair }: Comparison): Markup {
  const raw = rows.filter((row) => row.per === undefined)
  const said = raw.flatMap((row) => row.ratios.flatMap((found) => (found === undefined ? [] : [judged(row, found)])))
  const warning =
    unfair.length === 0 ? '' : ` The circumstances were not equal: read the ${unfair.length} remarks below first.`
  return h`<div class="verdict"><p>Against ${runs[0]?.label}: ${(['better', 'worse', 'unclear'] as const).map(
    (word, i) =>
      h`${i === 0 ? '' : ', '}<span class="${unfair.length === 0 ? word : 'unclear'}">${said.filter((each) => each === word).length} ${judgedWords[word]}</span>`,
  )}.${warning}</p></div>`
}

function table(comparison: Comparison, rows: readonly ComparedRow[], label: string): Markup {
  return h`<div class="scroll" tabindex="0" role="region" aria-label="${label}"><table class="overview"><thead><tr><th scope="col">what${comparison.runs.map(
    (r, i) =>
      h`<th scope="col">${r.label}<th scope="col">interval${i === 0 ? undefined : h`<th scope="col"><a href="#m-ratio">ratio</a>`}`,
  )}<tbody>${rows.map(
    (row) =>
      h`<tr><th scope="row"><a href="#m-${methodOf(row.metric)}">${rowName(comparison, row)}</a>${row.runs.map(
        (value, i) =>
          h`<td>${comparedText(row, value)}<td>${comparedRange(row, value)}${i === 0 ? undefined : h`<td class="${judged(row, row.ratios[i])}">${ratioText(row.ratios[i])} ${judgedWords[judged(row, row.ratios[i])]}`}`,
      )}`,
  )}</table></div>`
}

function differences(comparison: Comparison): Markup {
  const all = comparison.differences
  if (all.length === 0) return h`<p>No difference between the set-ups was recorded.</p>`
  return h`<details class="part"><summary><strong>What differs (${all.length})</strong> ${all.map(({ what }) => what).join(', ')}</summary><div class="scroll" tabindex="0" role="region" aria-label="What differs"><table class="overview"><thead><tr><th scope="col">what${comparison.runs.map((r) => h`<th scope="col">${r.label}`)}<tbody>${comparison.differences.map(
    ({ what, texts }) => h`<tr><th scope="row">${what}${texts.map((text) => h`<td>${text ?? absent}`)}`,
  )}</table></div></details>`
}
