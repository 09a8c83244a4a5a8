import type { ServerChoice } from '../model/plan.ts'
import type { HostFacts } from '../model/facts.ts'
import type { Host } from '../host/host.ts'
export const pinnedVersion = '2.15.2'
export interface Obtained {
  readonly path: string
  readonly version: string
  readonly origin: string
  readonly goVersion?: string
  readonly sha256?: string
}
export interface ObtainContext {
  readonly host: Host
  readonly facts: HostFacts
  readonly say: (line: string) => void
  readonly env?: Readonly<Record<string, string | undefined>>
}
export async function obtainServer(choice: ServerChoice, context: ObtainContext): Promise<Obtained> {
  const path = choice.path ?? 'nats-server'
  const said = await context.host.run([path, '--version'])
  return {
    path,
    version: /v?(\d+\.\d+\.\d+\S*)/.exec(said.stdout)?.[1] ?? '',
    origin: choice.path === undefined ? 'PATH' : 'path',
  }
}
