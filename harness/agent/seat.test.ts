import { expect, it } from 'vitest'
import type { Seat } from '../model/plan.ts'
import { firstOf } from './seat.ts'

const at = (port: number) => ({ host: '127.0.0.1', port })
const servers = [1, 2, 3].map((port) => ({ node: `hub-${port}`, target: at(port) }))
const seat = (via: Seat['via']): Seat => ({ stream: 'orders', servers, ...(via === undefined ? {} : { via }) })

it('a client sits on the server that leads, on those that follow, or on any', () => {
  expect(firstOf(seat('leader'), ['hub-2', 'hub-1', 'hub-3'], 4)).toEqual([at(2)])
  expect(firstOf(seat('follower'), ['hub-2', 'hub-1', 'hub-3'], 4)).toEqual([at(1), at(3)])
  const picked = firstOf(seat('random'), ['hub-2'], 300).map(({ port }) => port)
  expect(picked).toHaveLength(300)
  expect(new Set(picked)).toEqual(new Set([1, 2, 3]))
})

it('what nobody follows has no follower', () => {
  expect(() => firstOf(seat('follower'), ['hub-2'], 1)).toThrow(
    'stream orders must have a follower among its servers, got hub-2',
  )
})
