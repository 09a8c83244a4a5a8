import { expect, test } from 'vitest'
import { bundle } from './bundle.ts'
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

const alone = ['disk-probe', 'net-probe', 'relay', 'ask-servers']

test.for(alone.map((name) => `${name}.js`))('%s runs alone, in a node without the other files', async (name) => {
  const script = (await agentScripts())[name]
  expect(script).toContain('process.')
  expect([...siblings(script), ...later(script)]).toEqual([])
})

test('no call is left out as useless, of a function that is put in place of an empty one later', async () => {
  const main = `
const connected = () => new Promise((resolve) => {
  const line: { onBytes: () => void } = { onBytes: () => undefined }
  const callback = () => line.onBytes()
  setTimeout(() => { resolve(line); callback() }, 0)
})
console.log(await connected())`
  const others = alone.map((name) => [`${name}.ts`, 'process.exit()'] as const)
  const { 'main.js': script } = await bundle(new Map([['main.ts', main], ...others]))
  expect(script?.match(/line\.onBytes\(\)/g)).toHaveLength(1)
})
