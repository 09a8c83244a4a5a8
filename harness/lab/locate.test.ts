import { describe, expect, it } from 'vitest'
import { connectedTo, metaLeader, peersOf } from './locate.ts'

const jsz = (name: string, leader: string, replicas: readonly object[] = []) => ({
  account_details: [{ name: '$G', stream_detail: [{ name, cluster: { leader, replicas } }] }],
})

describe('the leader of a stream', () => {
  const replicas = [
    { name: 'hub-1', current: false },
    { name: 'hub-3', current: true },
  ]
  const all = new Map<string, unknown>([
    ['hub-1', jsz('orders', 'hub-9')],
    ['hub-2', jsz('orders', 'hub-2', replicas)],
    ['hub-3', { account_details: [] }],
  ])

  it('is the server that says so of itself; a follower may still name the last one', () => {
    expect(peersOf('orders', all, true)).toEqual(['hub-2'])
  })

  it('has followers, those that are current first', () => {
    expect(peersOf('orders', all, false)).toEqual(['hub-3', 'hub-1'])
  })

  it('is the one server where there is no cluster', () => {
    const alone = { account_details: [{ stream_detail: [{ name: 'orders' }] }] }
    expect(peersOf('orders', new Map([['hub', alone]]), true)).toEqual(['hub'])
  })

  it('is nobody where no server has the stream, or says nothing that can be read', () => {
    expect(peersOf('other', all, true)).toEqual([])
    expect(peersOf('orders', new Map([['hub', 'nonsense']]), true)).toEqual([])
  })
})

it('connections of a workload are counted by its name', () => {
  const connz = (...names: string[]) => ({ connections: names.map((name) => ({ name })) })
  const all = new Map([
    ['hub-1', connz('sub@recv', 'sub-2@recv', 'pub@send')],
    ['hub-2', connz()],
  ])
  expect([...connectedTo('sub', all)]).toEqual([
    ['hub-1', 1],
    ['hub-2', 0],
  ])
})

it('the leader of the meta group says so of itself', () => {
  const meta = (leader?: string) => ({ meta_cluster: { name: 'hub', leader } })
  const all = new Map<string, unknown>([
    ['hub-1', meta('hub-3')],
    ['hub-2', meta('hub-2')],
    ['hub-3', meta()],
    ['hub-4', 'nonsense'],
  ])
  expect(metaLeader(all)).toEqual(['hub-2'])
  expect(metaLeader(new Map([['hub', {}]]))).toEqual([])
})
