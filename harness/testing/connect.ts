/** A NATS connection made from inside a node: a relay program in the node passes on each connection to a local port. */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import type { ConnectionOptions, NatsConnection } from 'nats'
import type { Child } from '../host/host.ts'
import type { Lab } from '../lab/lab.ts'
import { BenchError } from '../model/error.ts'
import { agentFolder } from '../model/node-names.ts'
import type { LiveNode } from '../substrate/substrate.ts'

export interface ConnectOptions extends Omit<ConnectionOptions, 'servers' | 'token' | 'port'> {
  /** Name of the server node; the first one where absent. */
  readonly server?: string
}

export interface Connected {
  readonly connection: NatsConnection
  close(): Promise<void>
}

export async function connectFrom(lab: Lab, from: string, options: ConnectOptions): Promise<Connected> {
  const { server: name = [...lab.servers.keys()][0] ?? '', ...rest } = options
  const node = lab.nodes.get(from)
  const server = lab.servers.get(name)
  if (node === undefined || lab.plans.get(from)?.role !== 'load') {
    throw new BenchError('usage', `connect must start from a load node, got ${JSON.stringify(from)}`)
  }
  if (server === undefined) throw new BenchError('usage', `server ${JSON.stringify(name)} must be in the topology`)
  const { hostname, port } = new URL(server.url)
  const gate = await openGate(node, [hostname, port])
  try {
    const { connect } = await import('nats')
    const connection = await connect({
      timeout: 5000,
      reconnectTimeWait: 100,
      maxReconnectAttempts: 100,
      ...rest,
      servers: `127.0.0.1:${gate.port}`,
      token: server.token,
      ignoreClusterUpdates: true,
    })
    return {
      connection,
      close: async () => {
        await connection.close()
        await gate.close()
      },
    }
  } catch (error) {
    await gate.close()
    throw error
  }
}

interface Gate {
  readonly port: number
  close(): Promise<void>
}

async function openGate(node: LiveNode, target: readonly string[]): Promise<Gate> {
  const relays = new Set<Child>()
  const sockets = new Set<Socket>()
  const gate = createServer((socket) => {
    sockets.add(socket)
    socket.on('error', () => socket.destroy())
    socket.on('close', () => sockets.delete(socket))
    socket.pause()
    relay(node, target, socket, relays).catch((error: unknown) =>
      socket.destroy(error instanceof Error ? error : undefined),
    )
  })
  await new Promise<void>((resolve, reject) => {
    gate.once('error', reject)
    gate.listen(0, '127.0.0.1', resolve)
  })
  return {
    port: (gate.address() as AddressInfo).port,
    close: async () => {
      sockets.forEach((socket) => socket.destroy())
      await Promise.all([...relays].map((child) => child.stop(500)))
      await closed(gate)
    },
  }
}

/** Passes on one connection, as lines of base64. Ends when either side ends. */
async function relay(node: LiveNode, target: readonly string[], socket: Socket, relays: Set<Child>): Promise<void> {
  const child = await node.spawn([node.node, `${node.directory}/${agentFolder}/relay.cjs`, ...target])
  relays.add(child)
  socket.on('data', (data: Buffer) => child.write(`${data.toString('base64')}\n`))
  socket.on('close', () => child.closeInput())
  socket.resume()
  for await (const line of child.lines) socket.write(Buffer.from(line, 'base64'))
  relays.delete(child)
  socket.end()
}

function closed(gate: Server): Promise<void> {
  return new Promise((resolve) => gate.close(() => resolve()))
}
