import { describe, expect, it } from 'vitest'
import { socketOf } from './protocol.ts'

describe('the socket of a kept topology', () => {
  it('has a path that the system takes, or names its length and what to set', () => {
    const longest = `/${'x'.repeat(102 - '/keep.sock'.length)}`
    expect(Buffer.byteLength(socketOf(longest))).toBe(103)
    expect(() => socketOf(`${longest}x`)).toThrow(/must be at most 103 bytes long, got 104/)
    expect(() => socketOf(`/${'ü'.repeat(60)}`)).toThrow(/got 131/)
  })
})
