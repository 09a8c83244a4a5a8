import { expect, it } from 'vitest'
import { problemsOf } from '../../fixtures/scenarios/problems.ts'

const placed = { on: 'send', to: 'hub', store: 'files', arrivals: { kind: 'closed', inFlight: 1 } }
const put = { ...placed, kind: 'object-put', name: 'put' }
const get = { ...placed, kind: 'object-get', name: 'get' }
const base = {
  name: 'objects',
  about: 'What must be said of objects before anything is built.',
  topology: { hub: { role: 'server', server: { jetstream: true } }, bare: { role: 'server' }, send: { role: 'load' } },
  objects: { files: { on: 'hub', filled: { objects: 2 } } },
  workloads: [put, get],
}

it('objects are put and got where they are', () => {
  expect(problemsOf(base)).toEqual([])
})

it.each<readonly [string, object, string]>([
  [
    'servers without JetStream',
    { objects: { files: { on: 'bare', filled: { objects: 2 } } } },
    'objects.files.on must name',
  ],
  ['a store that is not there', { workloads: [{ ...put, store: 'file' }] }, 'must name an object store, got "file"'],
  ['other servers', { workloads: [{ ...put, to: 'bare' }] }, 'workloads.put.to must be "hub"'],
  ['gets from an empty store', { objects: { files: { on: 'hub' } } }, 'workloads.get.store must have objects before'],
  [
    'more bytes than it holds',
    { objects: { files: { on: 'hub', maxBytes: '1MiB', filled: { objects: 2, bytes: 600_000 } } } },
    'objects.files.filled.objects must fit into maxBytes, "1MiB", got 2 of 600000 B each',
  ],
  [
    'three replicas on one server',
    { objects: { files: { on: 'hub', replicas: 3 } } },
    'objects.files.replicas must be',
  ],
])('refuses %s', (_what, change, expected) => {
  expect(problemsOf({ ...base, ...change })).toContainEqual(expect.stringContaining(expected))
})
