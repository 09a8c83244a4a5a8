/**
 * Variants of a scenario: which there are, and what each of them changes. Pure data in and out; used by the check (each
 * variant must itself be a valid scenario) and by the plan.
 */

export type ChangeValue = string | number | boolean
export type Changes = Readonly<Record<string, ChangeValue>>
export interface NamedChanges {
  readonly name: string
  readonly set: Changes
}
interface Varied {
  readonly variants?: Readonly<Record<string, Changes>> | undefined
  readonly vary?: Readonly<Record<string, readonly ChangeValue[]>> | undefined
}
type Tree = Record<string, unknown>

/** How many there will be, without making them: a grid of a few lists can be of any size. */
export function variantCount({ variants, vary }: Varied): number {
  const named = Math.max(1, Object.keys(variants ?? {}).length)
  return Object.values(vary ?? {}).reduce((product, values) => product * values.length, named)
}

/**
 * Every named set of changes with every point of the grid, in the order written, the last list of the grid running
 * fastest. Names: `default` without either, `head` for a named set, `bytes=16` or `bytes=16,count=4` for a point of the
 * grid (the shortest end of each path that tells it from the others), `head bytes=16` for both.
 */
export function expandVariants({ variants, vary }: Varied): readonly NamedChanges[] {
  const named = Object.entries(variants ?? {}).map(([name, set]) => ({ name, set }))
  const points = grid(Object.entries(vary ?? {}), shortNames(Object.keys(vary ?? {})))
  const all = (named.length === 0 ? [{ name: '', set: {} }] : named).flatMap((one) =>
    points.map((point) => ({
      name: [one.name, point.name].filter((part) => part !== '').join(' ') || 'default',
      set: { ...one.set, ...point.set },
    })),
  )
  return distinct(all)
}

/**
 * A copy of a scenario (as written, or checked) with the changes made. Members that are not there yet are made, for the
 * schema knows which may be; groups and workloads are not. Workloads are named by name or position.
 * Throws RangeError whose message says what the path must be.
 */
export function change<T extends object>(scenario: T, changes: Changes): T {
  const copy = structuredClone(scenario)
  for (const [path, value] of Object.entries(changes)) set(copy as Tree, path, value)
  return copy
}

function set(scenario: Tree, path: string, value: ChangeValue): void {
  const [section, member, ...rest] = path.split('.')
  const changeable = changeableBy(section ?? '')
  if (changeable === undefined)
    throw new RangeError(
      'must begin with topology, streams, consumers, buckets, objects, workloads, phases, expect, network or seed',
    )
  if (section !== undefined && values.has(section)) {
    if (member !== undefined) throw new RangeError('must name a value')
    scenario[section] = value
    return
  }
  const isPlain = section !== undefined && plain.has(section)
  if (isPlain) scenario[section] ??= {}
  const owner = ownerOf(scenario[section ?? ''], section ?? '', member)
  const names = isPlain ? [member ?? '', ...rest] : rest
  if (names.length === 0 || names.includes('') || !changeable.test(names.join('.')))
    throw new RangeError(remedy(section))
  put(owner, names, value)
  // A server is chosen by one of the two; choosing one way undoes the other.
  const other = { 'server.path': 'version', 'server.version': 'path' }[names.join('.')]
  if (other !== undefined) delete (owner['server'] as Tree)[other]
}

/** Sections that are a value themselves. */
const values: ReadonlySet<string> = new Set(['network', 'seed'])

/** Sections whose members are values, not names. */
const plain: ReadonlySet<string> = new Set(['phases', 'expect'])

const changeables: Readonly<Record<string, RegExp>> = {
  // Nodes live for the whole run: what belongs to a node itself cannot change from block to block.
  topology: /^(count|server\..+)$/,
  streams: /^(?!on$).+$/,
  consumers: /^(?!stream$).+$/,
  buckets: /^(?!on$).+$/,
  objects: /^(?!on$).+$/,
  workloads: /^(?!name$|kind$|on$|to$).+$/,
  phases: /^.+$/,
  expect: /^(gapBelow|lostAcked)$/,
  network: /^$/,
  seed: /^$/,
}

function changeableBy(section: string): RegExp | undefined {
  return Object.hasOwn(changeables, section) ? changeables[section] : undefined
}

function remedy(section: string | undefined): string {
  if (section === 'topology') return 'must change count or a member of server (nodes live for the whole run)'
  if (section === 'workloads') return 'must change a member of the workload other than name, kind, on and to'
  if (section === 'streams') return 'must change a member of the stream other than on'
  if (section === 'buckets') return 'must change a member of the bucket other than on'
  if (section === 'expect') return 'must change gapBelow or lostAcked'
  if (section === 'objects') return 'must change a member of the store other than on'
  if (section === 'consumers') return 'must change a member of the consumer other than stream'
  return 'must name a value'
}

function ownerOf(section: unknown, word: string, member: string | undefined): Tree {
  if (plain.has(word)) {
    if (!isTree(section)) throw new RangeError(`must not go below ${word}`)
    return section
  }
  const entries: [string, unknown][] = Array.isArray(section)
    ? section.flatMap((item: unknown, index): [string, unknown][] => [
        ...(isTree(item) && typeof item['name'] === 'string' ? [[item['name'], item] as [string, unknown]] : []),
        [String(index), item],
      ])
    : Object.entries((section ?? {}) as Tree)
  const found = entries.find(([name]) => name === member)?.[1]
  if (isTree(found)) return found
  const known = entries.map(([name]) => name).filter((name) => !/^\d+$/.test(name))
  throw new RangeError(`must name one of ${word}: ${known.join(', ')}`)
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null
}

function put(owner: Tree, names: readonly string[], value: ChangeValue): void {
  const [name = '', ...rest] = names
  if (name === '__proto__') throw new RangeError('must name a value')
  if (rest.length > 0) {
    const next = Object.hasOwn(owner, name) ? owner[name] : undefined
    if (next !== undefined && !isTree(next)) throw new RangeError(`must not go below ${name}`)
    const made = next ?? {}
    owner[name] = made
    return put(made, rest, value)
  }
  owner[name] = value
}

function grid(
  axes: readonly (readonly [string, readonly ChangeValue[]])[],
  names: Readonly<Record<string, string>>,
): readonly NamedChanges[] {
  return axes.reduce<readonly NamedChanges[]>(
    (points, [path, values]) =>
      points.flatMap((point) =>
        values.map((value) => ({
          name: [point.name, `${names[path] ?? path}=${value}`].filter((part) => part !== '').join(','),
          set: { ...point.set, [path]: value },
        })),
      ),
    [{ name: '', set: {} }],
  )
}

function shortNames(paths: readonly string[]): Readonly<Record<string, string>> {
  const end = (path: string, parts: number) => path.split('.').slice(-parts).join('.')
  return Object.fromEntries(
    paths.map((path) => {
      let parts = 1
      const clash = () => paths.some((other) => other !== path && end(other, parts) === end(path, parts))
      while (clash() && parts < path.split('.').length) parts++
      return [path, end(path, parts)]
    }),
  )
}

function distinct(all: readonly NamedChanges[]): readonly NamedChanges[] {
  const seen = new Map<string, number>()
  return all.map(({ name, set }) => {
    const times = (seen.get(name) ?? 0) + 1
    seen.set(name, times)
    return { name: times === 1 ? name : `${name} #${times}`, set }
  })
}
