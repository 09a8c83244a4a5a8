/** Errors of the system on a connection in words that say whose limit was met: this process's, this machine's, or the server's. */

/** What the system has run out of, by its error code (errno(3); connect(2), socket(2)). */
const shortages: Readonly<Record<string, () => string>> = {
  EMFILE: () =>
    `this agent may have ${openFiles()} files and sockets open and needs one for each connection: raise the limit (ulimit -n, on FreeBSD also kern.maxfilesperproc), or spread the connections over more nodes`,
  ENFILE: () =>
    "this machine's table of open files is full: raise it (Linux fs.file-max, FreeBSD kern.maxfiles), or open fewer connections",
  EADDRNOTAVAIL: () =>
    'this node has no free local port left: widen the range (Linux net.ipv4.ip_local_port_range, FreeBSD net.inet.ip.portrange.first), or spread the connections over more nodes',
  ENOBUFS: () =>
    'the kernel has no buffers left for sockets: raise them (FreeBSD kern.ipc.nmbclusters), or open fewer connections',
}

/** The shortage of ours behind an error of a connection; undefined when the peer or the way to it is meant. */
export function shortageOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined
  const code =
    'code' in error && typeof error.code === 'string' ? error.code : error.message.match(/\bE[A-Z]{4,}\b/)?.[0]
  return code === undefined || !Object.hasOwn(shortages, code) ? undefined : `${code}, ${shortages[code]?.()}`
}

/** The soft limit: Node.js has raised it to the hard one when it began. The report asks for no names of other hosts. */
function openFiles(): string {
  if (process.report === undefined) return 'only so many'
  Object.assign(process.report, { excludeNetwork: true })
  const soft = ['userLimits', 'open_files', 'soft'].reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined),
    process.report.getReport(),
  )
  return typeof soft === 'number' || typeof soft === 'string' ? `${soft}` : 'only so many'
}
