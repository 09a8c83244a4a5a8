/** Limits of nats-server that a scenario can run into: settings with a number of their own. */

export interface ServerLimit {
  readonly least: number
  readonly most: number
  /** What it counts, as a problem names it. */
  readonly unit: string
  /** The server's own value (nats-server, server/const.go), or what the harness sets instead (plan/services.ts). */
  readonly standard: number
  /** Zero switches the limit off. */
  readonly off?: true
}

/** By the name of the setting. */
export const serverLimits = {
  max_payload: { least: 1, most: 64 * 1024 * 1024, unit: 'bytes', standard: 1024 * 1024 },
  /** Below 0 the server takes no connection at all (server/server.go, createClient). */
  max_connections: { least: 0, most: 2 ** 31 - 1, unit: 'connections', standard: 16_384, off: true },
  /** The line with which a client connects has some 300 bytes, and no other line is longer. */
  max_control_line: { least: 512, most: 2 ** 31 - 1, unit: 'bytes', standard: 4096 },
} as const satisfies Readonly<Record<string, ServerLimit>>

/** Bytes of a number, or of a size as nats-server reads it: `1MB` is 1024², `1m` a million. Undefined for anything else. */
export function serverBytes(value: unknown): number | undefined {
  if (typeof value === 'number') return value
  const [, digits, power = '', binary] =
    /^(\d+)([kmgtpe]?)(b|i|ib)?$/i.exec(typeof value === 'string' ? value : '') ?? []
  if (digits === undefined) return undefined
  return Number(digits) * (binary === undefined ? 1000 : 1024) ** ' kmgtpe'.indexOf(power.toLowerCase() || ' ')
}
