/** What is known of the machine and the programs. Missing facts are left out, never guessed. */
import { z } from 'zod'
import { dictionary, finite, list } from './json.ts'
import { consumerFactsSchema, seatSchema, storeFactsSchema, streamFactsSchema } from './streams.ts'

const number = finite
const text = z.string()

const host = z.object({
  /** `local` or `user@host`. */
  name: text,
  /** As `uname -s`, `-r`, `-m` answer: FreeBSD, 15.1-RELEASE, arm64. */
  os: text,
  kernel: text,
  arch: text,
  hostname: text.exactOptional(),
  cpuModel: text.exactOptional(),
  cores: number.exactOptional(),
  cpuMHz: number.exactOptional(),
  memoryBytes: number.exactOptional(),
  clockSource: text.exactOptional(),
  governor: text.exactOptional(),
  temperatureC: number.exactOptional(),
  virtualization: text.exactOptional(),
  filesystem: text.exactOptional(),
  loadAverage: number.exactOptional(),
  /** Further readings by name: `kern.racct.enable`, `bastille`, `docker`, ZFS properties ... */
  settings: dictionary(text),
})

/** CPU clock and heat of the host at one moment; what it does not tell is left out. */
export const thermalsSchema = z.object({
  /** Of the fastest core: idle ones slow down by themselves. */
  cpuMHz: number.exactOptional(),
  /** Of the hottest sensor. */
  temperatureC: number.exactOptional(),
  /** How often the CPU throttled, summed over cores, since a moment of the system's choice: only a rise means something. */
  throttled: number.exactOptional(),
})

/** CPU time of a host since it started, summed over its CPUs; interrupts are in none of them. */
export const cpuTimeSchema = z.object({
  /** Of all programs and of the kernel. */
  busyMicros: number,
  idleMicros: number,
  /** What a hypervisor gave to others. */
  stolenMicros: number.exactOptional(),
})

const server = z.object({
  node: text,
  variant: text,
  version: text,
  /** `path`, `PATH`, `cache`, `download`, `go install`, `package`, `image`; with where it came from. */
  origin: text,
  goVersion: text.exactOptional(),
  sha256: text.exactOptional(),
})

const stream = streamFactsSchema.extend({ variant: text })

export const factsSchema = z.object({
  host,
  servers: list(server),
  /** JetStream streams as the servers had them, by variant. */
  streams: list(stream).exactOptional(),
  /** Where the servers keep them, by variant. */
  stores: list(storeFactsSchema.extend({ variant: text })).exactOptional(),
  /** Their consumers as the servers had them, by variant. */
  consumers: list(consumerFactsSchema.extend({ variant: text })).exactOptional(),
  /** Where the connections of their clients sat, by variant and workload, summed over blocks. */
  seats: list(seatSchema.extend({ variant: text, workload: text })).exactOptional(),
  /** Node.js in the load nodes. */
  node: text,
  substrate: dictionary(text),
})

export type HostFacts = z.output<typeof host>
export type CpuTime = z.output<typeof cpuTimeSchema>
export type Thermals = z.output<typeof thermalsSchema>
export type ServerFacts = z.output<typeof server>
export type Facts = z.output<typeof factsSchema>
