import { expect, test } from 'vitest'
import { bundle } from './bundle.ts'
import { agentScripts } from './stage.ts'

/** What a script loads at once, and what it loads later: the first stands at the beginning of a line. */
const siblings = (script = '') => [...script.matchAll(/^\S.*require\('(\.\/[^']+)'\)/gm)].map(([, name]) => name)
const later = (script = '') => [...script.matchAll(/^\s.*require\('\.\/([^']+)'\)/gm)].map(([, name]) => name)

test('what core NATS needs is one file; JetStream and engine nats.js come when asked for', async () => {
  const scripts = await agentScripts()
  const main = scripts['main.cjs'] ?? ''
  expect(siblings(main)).toEqual([])
  expect(main).toContain('wireEngine')
  expect(main).not.toMatch(/\('nats'\)/)
  expect(later(main)).toEqual(expect.arrayContaining(['js-publish.cjs', 'nats-js.cjs']))
  expect(Object.keys(scripts)).toEqual(expect.arrayContaining(later(main)))
})

test('what costs each agent memory is left out: ES modules of Node.js, and two bytes a character', async () => {
  for (const [name, script] of Object.entries(await agentScripts())) {
    expect(script, name).not.toMatch(/^import |import\('node:/m)
    // V8 keeps a script with a character beyond Latin-1, be it in a comment, with two bytes for each.
    expect(script.match(/[^\0-\xff]/u), name).toBeNull()
  }
})

const alone = ['disk-probe', 'net-probe', 'relay', 'ask-servers']

test.for(alone.map((name) => `${name}.cjs`))('%s runs alone, in a node without the other files', async (name) => {
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
void connected().then(console.log)`
  const others = alone.map((name) => [`${name}.ts`, 'process.exit()'] as const)
  const { 'main.cjs': script } = await bundle(new Map([['main.ts', main], ...others]))
  expect(script?.match(/line\.onBytes\(\)/g)).toHaveLength(1)
})
