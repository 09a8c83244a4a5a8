import { describe, expect, it } from 'vitest'
import type { BlockFold, Stored } from './block-fold.ts'
import { removedAtLimits } from './removed.ts'

function of(stored: Partial<Stored>, config: object | undefined, stream?: string): string | undefined {
  const frame = { t: 'stored', stream: 'orders', messages: 1, bytes: 0, removed: 0, strangers: 0, ...stored } as const
  const job = { kind: 'streams', streams: config === undefined ? [] : [{ name: 'orders', config }] }
  const variant = { assignments: [{ id: 'streams@send', workload: 'streams', node: 'send', job }] }
  return removedAtLimits({ stored: [frame], variant: variant as unknown as BlockFold['variant'] }, stream)
}

describe('what the limits of a stream removed', () => {
  const old = { discard: 'old', max_msgs: 1, max_bytes: -1 }
  const read = { removed: 299, publishers: {} }

  it('is said with the limit, also where that is not known', () => {
    expect(of(read, old)).toBe('stream orders removed 299 messages at its limit (maxMessages 1)')
    expect(of(read, { ...old, max_bytes: 10 })).toContain('(maxMessages 1, maxBytes 10)')
    expect(of({ ...read, removed: 1 }, undefined)).toBe('stream orders removed 1 message at its limits')
  })

  it('is nothing where none is gone, of another stream, and of a bucket', () => {
    expect(of({ publishers: {} }, old)).toBeUndefined()
    expect(of(read, old, 'others')).toBeUndefined()
    expect(of({ ...read, bucket: true }, old)).toBeUndefined()
  })

  it('cannot be counted where the stream removes what is consumed, so it is said where a limit may have done it', () => {
    expect(of({ removed: 9 }, old)).toBe('stream orders removes old messages at its limit (maxMessages 1)')
    expect(of({ removed: 9 }, { ...old, discard: 'new' })).toBeUndefined()
    expect(of({ removed: 9 }, { ...old, max_msgs: -1 })).toBeUndefined()
  })
})
