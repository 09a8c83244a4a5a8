import { expect, test } from 'vitest'
import type { Frame } from '../model/recording.ts'
import { protocolVersion } from '../model/recording.ts'
import { agentVersion, protocol, startSession } from './session.ts'

/** A session whose frames and exit status are collected; `over` resolves with both. */
function begin(node?: string) {
  const frames: Frame[] = []
  const over = Promise.withResolvers<{ frames: Frame[]; status: number; stays: boolean }>()
  const session = startSession({
    node,
    emit: (frame) => frames.push(frame),
    over: (status, stays) => over.resolve({ frames, status, stays }),
  })
  return { session, frames, over: over.promise }
}

const phases = { warmupMs: 0, measureMs: 100, cooldownMs: 0 }
const probe = { id: 'probe@n', workload: 'probe', node: 'n', job: { kind: 'probe', servers: [] } }

test('it speaks the version of the model', () => {
  expect(protocol).toBe(protocolVersion)
})

test('it says hello at once, with its clock', () => {
  const { frames } = begin('send-1')
  expect(frames).toMatchObject([{ t: 'hello', protocol, agent: agentVersion, node: 'send-1' }])
  const [hello] = frames
  if (hello?.t !== 'hello') throw new Error('no hello')
  expect(hello.clock.readCostNs).toBeGreaterThan(0)
  expect(hello.clock.tickNs).toBeGreaterThan(0)
  expect(BigInt(hello.clock.now)).toBeLessThanOrEqual(process.hrtime.bigint())
})

test.each([
  ['half a line', '{"t":"assi', 'command must be a line of JSON'],
  ['no object', '42', 'command must be an object'],
  ['an unknown word', '{"t":"dance"}', 'command must be assign, start or finish, got dance'],
  [
    'another version',
    JSON.stringify({ t: 'assign', protocol: 99, token: '', phases, assignment: probe }),
    'runner must speak protocol 2, got 99',
  ],
  ['a start before the assignment', '{"t":"start","at":"1"}', 'start must come after ready'],
  [
    'an unknown job',
    JSON.stringify({ t: 'assign', protocol, token: '', phases, assignment: { ...probe, job: { kind: 'juggle' } } }),
    'job kind must be one of publish',
  ],
])('%s ends it with one failed frame and status 1', async (_, line, message) => {
  const { session, over } = begin()
  session.command(line)
  session.command(line)
  const { frames, status } = await over
  expect(status).toBe(1)
  expect(frames.map((frame) => frame.t)).toEqual(['hello', 'failed'])
  expect(frames[1]).toMatchObject({ code: 'protocol', message: expect.stringContaining(message) as string })
})

test('one that stays says so when it is done, and not when it fails', async () => {
  const [done, failed] = [begin(), begin()]
  const assignment = { ...probe, job: { kind: 'ping', to: { host: '127.0.0.1', port: 1 }, bytes: 16, durationMs: 1 } }
  failed.session.command(JSON.stringify({ t: 'assign', protocol, token: '', phases, assignment, stays: true }))
  expect(await failed.over).toMatchObject({ status: 1, stays: false })
  done.session.command(JSON.stringify({ t: 'assign', protocol, token: '', phases, assignment: probe, stays: true }))
  await expect.poll(() => done.frames.map((frame) => frame.t)).toEqual(['hello', 'ready'])
  done.session.command(JSON.stringify({ t: 'finish' }))
  done.session.command(JSON.stringify({ t: 'start', at: String(process.hrtime.bigint()) }))
  expect(await done.over).toMatchObject({ status: 0, stays: true })
})

test('a job goes from assign over ready and start to finish and done', async () => {
  const { session, frames, over } = begin()
  session.command(JSON.stringify({ t: 'assign', protocol, token: '', phases, assignment: probe }))
  await expect.poll(() => frames.map((frame) => frame.t)).toEqual(['hello', 'ready'])
  session.command(JSON.stringify({ t: 'start', at: process.hrtime.bigint().toString() }))
  session.command('{"t":"finish"}')
  const { status } = await over
  expect(status).toBe(0)
  // on a busy machine there are several samples
  const order = frames.map((frame) => frame.t).filter((t, i, all) => t !== 'sample' || all[i - 1] !== 'sample')
  expect(order).toEqual(['hello', 'ready', 'sample', 'done'])
})

test('a failure that nothing caught is told as a bug with its place', async () => {
  const { session, over } = begin()
  session.fail(new TypeError('x is not a function'))
  const { frames } = await over
  expect(frames.at(-1)).toMatchObject({
    t: 'failed',
    code: 'bug',
    message: expect.stringContaining('session.test.ts') as string,
  })
})
