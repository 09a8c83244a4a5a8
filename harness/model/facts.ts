/** What is known of the machine and the programs. Missing facts are left out, never guessed. */

export interface HostFacts {
  /** `local` or `user@host`. */
  readonly name: string
  /** As `uname -s`, `-r`, `-m` answer: FreeBSD, 15.1-RELEASE, arm64. */
  readonly os: string
  readonly kernel: string
  readonly arch: string
  readonly hostname?: string
  readonly cpuModel?: string
  readonly cores?: number
  readonly cpuMHz?: number
  readonly memoryBytes?: number
  readonly clockSource?: string
  readonly governor?: string
  readonly temperatureC?: number
  readonly virtualization?: string
  readonly filesystem?: string
  readonly loadAverage?: number
  /** Further readings by name: `kern.racct.enable`, `bastille`, `docker`, ZFS properties ... */
  readonly settings: Readonly<Record<string, string>>
}

/** CPU clock and heat of the host at one moment; what it does not tell is left out. */
export interface Thermals {
  /** Of the fastest core: idle ones slow down by themselves. */
  readonly cpuMHz?: number
  /** Of the hottest sensor. */
  readonly temperatureC?: number
  /** How often the CPU throttled, summed over cores, since a moment of the system's choice: only a rise means something. */
  readonly throttled?: number
}

export interface ServerFacts {
  readonly node: string
  readonly variant: string
  readonly version: string
  /** `path`, `PATH`, `cache`, `download`, `go install`, `package`, `image`; with where it came from. */
  readonly origin: string
  readonly goVersion?: string
  readonly sha256?: string
}

export interface Facts {
  readonly host: HostFacts
  readonly servers: readonly ServerFacts[]
  /** Node.js in the load nodes. */
  readonly node: string
  readonly substrate: Readonly<Record<string, string>>
}
