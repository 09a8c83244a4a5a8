/**
 * Tests with a real topology in them.
 *
 *   import { testWith } from 'nats-jail-harness/testing'
 *   const test = testWith({ topology: { hub: { role: 'server' }, a: { role: 'load' }, b: { role: 'load' } } })
 *   test('what a publishes reaches b', async ({ lab, expect }) => { ... })
 */
export { test, testWith } from './testing/fixture.ts'
export type { KvLabOptions, Lab, LabSetup } from './testing/lab.ts'
export type { LabNode } from './testing/node.ts'
export type { LabServer } from './testing/server.ts'
export type { ConnectOptions } from './testing/connect.ts'
export type { FromOptions } from './testing/jetstream.ts'
export type { ExecOptions } from './testing/exec.ts'
export type { MeasureOptions } from './testing/measure.ts'
export type { LabMatchers } from './testing/matchers.ts'
