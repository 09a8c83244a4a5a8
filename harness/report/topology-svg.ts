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

function draw(topology: Topology, id: string, standing: boolean): Markup {
  const layers = layersOf(topology)
  const widest = Math.max(1, ...layers.map((l) => l.length))
  // the words of edges side by side stand in one line each
  const abreast = Math.max(1, ...topology.edges.map((_, i) => sideOf(topology.edges, i).of))
  const [gapAlong, gapAcross] = standing ? [92, 12] : [layers.length < 3 ? 476 : abreast > 1 ? 290 : 150, 18]
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
  const text = `Topology: ${topology.edges.map((e) => `${e.from} to ${e.to} (${edgeText(e).join(', ')})`).join('; ')}`
  return h`<svg viewBox="0 0 ${Math.ceil(width)} ${Math.ceil(height)}" role="img" aria-label="${text}"><defs><marker id="${arrow}" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto-start-reverse"><path d="M0 0L8 4L0 8z" class="F1"/></marker></defs>${topology.edges.map(
    (e, i) => edge(e, places, boxWidth, standing, arrow, sideOf(topology.edges, i)),
  )}${places.map((p) => nodeBox(p, boxWidth))}</svg>`
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

function edge(
  e: TopologyEdge,
  places: readonly Place[],
  width: number,
  standing: boolean,
  arrow: string,
  side: { readonly nth: number; readonly of: number },
): Markup | undefined {
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
  const bend = standing
    ? `C${x1} ${(y1 + y2) / 2} ${x2} ${(y1 + y2) / 2}`
    : `C${(x1 + x2) / 2} ${y1} ${(x1 + x2) / 2} ${y2}`
  const lines = edgeText(e)
  const oneLine = !standing && side.of > 1
  const x = (x1 + x2) / 2 + (standing ? 8 : 0)
  const y = (y1 + y2) / 2 - (standing ? (lines.length - 1) * 7 - 4 : oneLine ? 5 : 8 + (lines.length - 1) * 14)
  const place = (i: number): string => (oneLine && i > 0 ? ' dx="8"' : ` x="${x}" y="${oneLine ? y : y + i * 14}"`)
  return h`<path d="M${x1} ${y1} ${bend} ${x2} ${y2}" fill="none" class="edge" marker-end="url(#${arrow})"/><text text-anchor="${standing ? 'start' : 'middle'}" class="label">${lines.map(
    (line, i) => h`<tspan${trusted(place(i))}${trusted(i === 1 ? ' class="rate"' : '')}>${line}</tspan>`,
  )}</text>`
}

function edgeText(e: TopologyEdge): readonly string[] {
  return [
    cut(e.workload, 22),
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
