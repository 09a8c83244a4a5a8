import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { addressOf, chosenSubnet, formatSubnet, freeSubnet, parseSubnet, type Subnet } from './subnet.ts'

const subnet = (text: string): Subnet => {
  const parsed = parseSubnet(text)
  if (parsed === undefined) throw new Error(`fixture ${text} is no subnet`)
  return parsed
}

describe('freeSubnet', () => {
  it('takes the same subnet for the same tag, inside the pool', () => {
    expect(freeSubnet('k3f9', [])).toEqual(freeSubnet('k3f9', []))
    expect(formatSubnet(freeSubnet('k3f9', []))).toMatch(/^10\.21[2-5]\.\d{1,3}\.0\/22$/)
  })

  it('steps over every subnet that overlaps one in use, larger or smaller', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 4, maxLength: 4 }),
        fc.nat(255),
        fc.integer({ min: 16, max: 32 }),
        (tag, part, bits) => {
          const first = freeSubnet(tag, [])
          const taken = [first, subnet(`10.213.${part}.0/${bits}`)]
          const next = freeSubnet(tag, taken)
          for (const other of taken) {
            const apart =
              next.base >= other.base + 2 ** (32 - other.bits) || other.base >= next.base + 2 ** (32 - next.bits)
            expect(apart).toBe(true)
          }
        },
      ),
    )
  })

  it('says what to do when the whole pool is in use', () => {
    expect(() => freeSubnet('k3f9', [subnet('10.0.0.0/8')])).toThrow(/must be free, got none/)
  })
})

describe('addressOf', () => {
  it('leaves the network and the gateway alone', () => {
    expect(addressOf(subnet('10.1.0.0/22'), 0)).toBe('10.1.0.2')
    expect(addressOf(subnet('10.1.0.0/22'), 300)).toBe('10.1.1.46')
  })

  it('refuses the broadcast address and what lies beyond it', () => {
    expect(addressOf(subnet('10.1.0.0/29'), 4)).toBe('10.1.0.6')
    expect(() => addressOf(subnet('10.1.0.0/29'), 5)).toThrow(/must have room for node 5, it has 5/)
  })
})

describe('chosenSubnet', () => {
  it('rounds an address down to its subnet', () => {
    expect(formatSubnet(chosenSubnet('10.77.3.9/22'))).toBe('10.77.0.0/22')
  })

  it('refuses what is no IPv4 subnet of a useful size', () => {
    for (const text of ['10.1.0.0', '10.1.0.0/31', '10.1.0.256/22', 'fd00::/64', '10.1.0.0/4', '']) {
      expect(() => chosenSubnet(text)).toThrow(/must be an IPv4 subnet/)
    }
  })
})
