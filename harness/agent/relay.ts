/**
 * Carries one TCP connection over stdin and stdout, as base64 lines: a connection made from inside a node for a program
 * that cannot reach the node's network. `node relay.cjs HOST PORT`. Ends when either side does.
 */
import { connect } from 'node:net'
import { createInterface } from 'node:readline'

const [host = '', port = ''] = process.argv.slice(2)
const socket = connect({ host, port: Number(port), noDelay: true })
socket.on('data', (data) => process.stdout.write(`${data.toString('base64')}\n`))
socket.on('error', (error) => {
  process.stderr.write(`${error.message}\n`)
  process.exit(1)
})
socket.on('close', () => process.exit(0))
createInterface({ input: process.stdin })
  .on('line', (line) => socket.write(Buffer.from(line, 'base64')))
  .on('close', () => socket.end())
