/** The topology drawn: nodes with role, address and CPU, edges with their measured rate; horizontal on wide pages, vertical on narrow ones. */
import type { Topology, TopologyEdge, TopologyNode } from './topology.ts'
import { medianText } from './reading.ts'
import { quantity } from './format.ts'
import { esc, h, trusted } from './markup.ts'
import type { Markup } from './markup.ts'
import { cpuText } from './mermaid.ts'
import { cut } from './style-text.ts'

interface Place {
  readonly node: TopologyNode
  readonly x: number
  readonly y: number
}

const box = { width: 176, height: 78 }

export function topologyPicture(topology: Topology, id: string): Markup {
  return h`<div class="topology"><div class="lying">${draw(topology, `${id}-w`, false)}</div><div class="standing">${draw(topology, `${id}-n`, true)}</div></div>`
}

/** `rows`: where edges have their words in a line each, one below the other, for how many there is room; 0: each in a column at its edge. */
function draw(topology: Topology, id: string, standing: boolean, rows = 0): Markup {
  const layers = layersOf(topology)
  const widest = Math.max(1, ...layers.map((l) => l.length))
  // the words of edges side by side stand in one line each
  const abreast = Math.max(1, ...topology.edges.map((_, i) => sideOf(topology.edges, i).of))
  const [gapAlong, gapAcross] = standing
    ? [Math.max(92, 44 + rows * lineHeight), 12]
    : [layers.length < 3 ? 476 : abreast > 1 ? 290 : 150, 18]
  const along = standing ? box.height : box.width
  const across = standing ? Math.min(Math.max(box.width, 110 * abreast), 330 / widest - gapAcross) : box.height
  const size = {
    along: layers.length * along + (layers.length - 1) * gapAlong + 12,
    across: widest * across + (widest - 1) * gapAcross + 12,
  }
  const width = standing ? Math.max(340, size.across) : size.along
  // a label of three lines stands above its edge
  const height = standing ? size.along : Math.max(112, size.across)
  const places = layers.flatMap((layer, l) => {
    const used = layer.length * across + (layer.length - 1) * gapAcross
    return layer.map((node, i): Place => {
      const a = 4 + l * (along + gapAlong)
      const c = ((standing ? width : height) - used) / 2 + i * (across + gapAcross)
      return standing ? { node, x: c, y: a } : { node, x: a, y: c }
    })
  })
  const boxWidth = standing ? across : box.width
  const arrow = `${id}-arrow`
  const curves = topology.edges.flatMap((e, i) => curve(e, places, boxWidth, standing, sideOf(topology.edges, i)) ?? [])
  const fullest = Math.max(0, ...curves.map((c) => inGap(c, curves).length))
  if (standing && rows === 0 && !fit(curves, width)) return draw(topology, id, true, fullest)
  const text = `Topology: ${topology.edges.map((e) => `${e.from} to ${e.to} (${edgeText(e).join(', ')})`).join('; ')}`
  return h`<svg viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img" aria-label="${text}"><defs><marker id="${arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" class="F1"/></marker></defs>${curves.map(
    ({ path }) => h`<path d="${path}" fill="none" class="edge" marker-end="url(#${arrow})"/>`,
  )}${curves.map((c) => label(rows === 0 ? words(c, standing) : row(c, curves, width)))}${places.map((p) => nodeBox(p, boxWidth))}</svg>`
}

/** Senders, servers, receivers; a group that both sends and receives stands with the senders. */
function layersOf({ nodes, edges }: Topology): readonly (readonly TopologyNode[])[] {
  const sends = (n: TopologyNode): boolean => edges.some((e) => e.from === n.group)
  const loads = nodes.filter((n) => n.role === 'load')
  return [loads.filter(sends), nodes.filter((n) => n.role === 'server'), loads.filter((n) => !sends(n))].filter(
    (layer) => layer.length > 0,
  )
}

/** Which of the edges between the same two nodes it is, and of how many. */
function sideOf(edges: readonly TopologyEdge[], index: number): { readonly nth: number; readonly of: number } {
  const pair = (e: TopologyEdge | undefined): string => [e?.from, e?.to].sort().join(' ')
  const same = edges.flatMap((e, i) => (pair(e) === pair(edges[index]) ? [i] : []))
  return { nth: same.indexOf(index), of: same.length }
}

/** Of the lines of a label. */
const lineHeight = 14
/** Of a letter of a label, in its font. */
const letterWidth = 6.6

interface Curve {
  readonly edge: TopologyEdge
  readonly path: string
  /** Its middle. */
  readonly x: number
  readonly y: number
  /** One of several between the same two nodes. */
  readonly shared: boolean
}

function curve(
  e: TopologyEdge,
  places: readonly Place[],
  width: number,
  standing: boolean,
  side: { readonly nth: number; readonly of: number },
): Curve | undefined {
  const from = places.find((p) => p.node.group === e.from)
  const to = places.find((p) => p.node.group === e.to)
  if (from === undefined || to === undefined) return undefined
  const apart = standing ? Math.min(110, width / side.of) : Math.min(26, 60 / Math.max(1, side.of - 1))
  const middle = (side.nth - (side.of - 1) / 2) * apart
  // standing, the words are at the right of their edge
  const shift = standing && side.of > 1 ? middle - apart / 2 + 12 : middle
  const forward = standing ? from.y < to.y : from.x < to.x
  const end = (p: Place, leaving: boolean): readonly [number, number] => {
    const far = leaving === forward
    return standing
      ? [p.x + width / 2 + shift, far ? p.y + box.height : p.y]
      : [far ? p.x + width : p.x, p.y + box.height / 2 + shift]
  }
  const [x1, y1] = end(from, true)
  const [x2, y2] = end(to, false)
  const [x, y] = [(x1 + x2) / 2, (y1 + y2) / 2]
  const bend = standing ? `C${x1} ${y} ${x2} ${y}` : `C${x} ${y1} ${x} ${y2}`
  return { edge: e, path: `M${x1} ${y1} ${bend} ${x2} ${y2}`, x, y, shared: side.of > 1 }
}

/** Those between the same two layers, where it stands. */
function inGap({ y }: Curve, curves: readonly Curve[]): readonly Curve[] {
  return curves.filter((other) => other.y === y).toSorted((a, b) => a.x - b.x)
}

/** Do the words at the right of each edge fit beside those of its neighbours, and into the picture? */
function fit(curves: readonly Curve[], width: number): boolean {
  return curves.every((c) => {
    const beside = inGap(c, curves)
    const limit = beside[beside.indexOf(c) + 1]?.x ?? width - wordsRight
    return c.x + widthOf(edgeText(c.edge)) <= limit
  })
}

function widthOf(lines: readonly string[]): number {
  return Math.max(0, ...lines.map((line) => line.length)) * letterWidth
}

/** How far from the middle of a standing edge its words begin. */
const wordsRight = 8

interface Words {
  readonly anchor: 'start' | 'middle'
  readonly lines: readonly string[]
  /** The first line has a place; the others stand below it, or beside it where they have none. */
  readonly places: readonly string[]
}

function words({ edge: e, x, y, shared }: Curve, standing: boolean): Words {
  const lines = edgeText(e)
  const oneLine = !standing && shared
  const left = x + (standing ? wordsRight : 0)
  const above = standing ? (lines.length - 1) * 7 - 4 : oneLine ? 5 : 8 + (lines.length - 1) * lineHeight
  return {
    anchor: standing ? 'start' : 'middle',
    lines,
    places: lines.map((_, i) =>
      oneLine && i > 0 ? besides : ` x="${left}" y="${y - above + (oneLine ? 0 : i * lineHeight)}"`,
    ),
  }
}

const besides = ' dx="8"'

/** All words of an edge in one line, below those of its neighbours, as near to its middle as the picture lets them. */
function row(c: Curve, curves: readonly Curve[], width: number): Words {
  const beside = inGap(c, curves)
  const lines = edgeText(c.edge, 16)
  const half = (lines.join(' ').length * letterWidth + 8 * (lines.length - 1)) / 2
  const x = half * 2 >= width ? width / 2 : Math.min(Math.max(c.x, half), width - half)
  const y = c.y + 4 + (beside.indexOf(c) - (beside.length - 1) / 2) * lineHeight
  return { anchor: 'middle', lines, places: lines.map((_, i) => (i > 0 ? besides : ` x="${x}" y="${y}"`)) }
}

/** Drawn after all edges: its rim hides them where they cross it. */
function label({ anchor, lines, places }: Words): Markup {
  return h`<text text-anchor="${anchor}" class="label">${lines.map(
    (line, i) => h`<tspan${trusted(places[i] ?? '')}${trusted(i === 1 ? ' class="rate"' : '')}>${line}</tspan>`,
  )}</text>`
}

function edgeText(e: TopologyEdge, most = 22): readonly string[] {
  return [
    cut(e.workload, most),
    ...(e.throughput === undefined ? [] : [quantity(e.throughput.median, e.throughput.unit)]),
    ...(e.latency?.median === undefined ? [] : [`p50 ${medianText(e.latency)}`]),
  ]
}

function nodeBox({ node, x, y }: Place, width: number): Markup {
  const letters = Math.floor((width - 16) / 7.2)
  const name = node.names.length > 1 ? `${node.names.length} × ${node.group}` : node.group
  const first = node.addresses[0] ?? ''
  const address = node.addresses.length > 1 ? `${first} …` : first
  const pinned = node.cpus === undefined ? '' : ` on CPU ${node.cpus.join(',')}`
  const behind =
    node.names.length > 1
      ? `<rect x="${x + 4}" y="${y - 4}" width="${width}" height="${box.height}" rx="8" class="node behind"/>`
      : ''
  const cpu = cpuText(node)[0] ?? 'CPU not measured'
  return trusted(
    `${behind}<rect x="${x}" y="${y}" width="${width}" height="${box.height}" rx="8" class="node ${node.role}"/><text class="name" x="${x + 10}" y="${y + 21}">${esc(cut(name, letters))}</text><text class="small" x="${x + 10}" y="${y + 38}">${esc(cut(`${node.role}${pinned}`, letters))}</text><text class="small" x="${x + 10}" y="${y + 53}">${esc(cut(address, letters))}</text><text class="cpu" x="${x + 10}" y="${y + 69}">${esc(cut(cpu, letters))}</text>`,
  )
}
