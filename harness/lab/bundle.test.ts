import { expect, test } from 'vitest'
import { agentScripts } from './stage.ts'

const siblings = (script = '') => [...script.matchAll(/ from '(\.\/[^']+)'/g)].map(([, name]) => name)
const later = (script = '') => [...script.matchAll(/import\('\.\/([^']+)'\)/g)].map(([, name]) => name)

test('what core NATS needs is one file; JetStream and engine nats.js come when asked for', async () => {
  const scripts = await agentScripts()
  const main = scripts['main.js'] ?? ''
  expect(siblings(main)).toEqual([])
  expect(main).toContain('wireEngine')
  expect(main).not.toMatch(/from 'nats'|import\('nats'\)/)
  expect(later(main)).toEqual(expect.arrayContaining(['js-publish.js', 'nats-js.js']))
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(later(main)))
})

test.for(['disk-probe.js', 'net-probe.js', 'relay.js', 'ask-servers.js'])(
  '%s runs alone, in a node without the other files',
  async (name) => {
    const script = (await agentScripts())[name]
    expect(script).toContain('process.')
    expect([...siblings(script), ...later(script)]).toEqual([])
  },
)
