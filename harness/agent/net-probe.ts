/**
 * What the network between two nodes does to packets: UDP, so that nothing is sent again.
 *
 *   node net-probe.cjs echo ADDRESS             says `{"port":40000}`, echoes until stdin ends, then `{"arrived":100}`
 *   node net-probe.cjs send ADDRESS PORT COUNT  sends that many, 10 ms apart, then a burst of 40 of 1200 bytes; waits 1 s for
 *                                               what is on its way; `{"sent":100,"returned":99,"rttNs":[...],"overtaken":0,
 *                                               "bitsPerSecond":9600000}`, times sorted
 *
 * The rate is that of the burst at its return: bytes from its second packet on, over the time between the first and the last.
 */
import { createSocket } from 'node:dgram'

const everyMs = 10
const waitMs = 1000
const burst = 40
const burstBytes = 1200
/** Packets of the burst are numbered from here. */
const firstOfBurst = 1_000_000_000

const [mode, address = '', port = '', count = '0'] = process.argv.slice(2)
const socket = createSocket('udp4')
const say = (what: object) => process.stdout.write(`${JSON.stringify(what)}\n`)
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})

function echo(): void {
  let arrived = 0
  socket.on('message', (message, from) => {
    if (message.readUInt32LE(0) < firstOfBurst) arrived++
    socket.send(message, from.port, from.address)
  })
  socket.bind(0, address, () => say({ port: socket.address().port }))
  process.stdin.resume().on('end', () => {
    say({ arrived })
    process.exit(0)
  })
}

async function send(): Promise<void> {
  const sent = Number(count)
  const times: number[] = []
  const train: number[] = []
  let last = -1
  let overtaken = 0
  socket.on('message', (message) => {
    const now = process.hrtime.bigint()
    const number = message.readUInt32LE(0)
    if (number >= firstOfBurst) return void train.push(Number(now))
    times.push(Number(now - message.readBigUInt64LE(4)))
    if (number < last) overtaken++
    else last = number
  })
  const packet = (number: number, bytes: number) => {
    const message = Buffer.alloc(bytes)
    message.writeUInt32LE(number, 0)
    message.writeBigUInt64LE(process.hrtime.bigint(), 4)
    socket.send(message, Number(port), address)
  }
  const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
  for (let i = 0; i < sent; i++) {
    packet(i, 64)
    await pause(everyMs)
  }
  await pause(waitMs)
  for (let i = 0; i < burst; i++) packet(firstOfBurst + i, burstBytes)
  await pause(waitMs)
  const span = (train.at(-1) ?? 0) - (train[0] ?? 0)
  const rate = train.length > 1 && span > 0 ? { bitsPerSecond: ((train.length - 1) * burstBytes * 8e9) / span } : {}
  const rttNs = times.toSorted((a, b) => a - b)
  say({ sent, returned: times.length, rttNs, overtaken, ...rate })
  socket.close()
}

if (mode === 'echo') echo()
else void send()
