import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { coverage, filterProblem, isLiteral, matches, overlap } from './subject.ts'

describe('a subscription', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.b', 'a', false],
    ['a', 'a.b', false],
    ['*', 'a', true],
    ['*', 'a.b', false],
    ['a.*.c', 'a.b.c', true],
    ['a.*.c', 'a.b.b.c', false],
    ['>', 'a.b.c', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a', false],
    ['A', 'a', false],
  ])('to %s gets %s: %s', (filter, subject, gets) => {
    expect(matches(filter, subject)).toBe(gets)
  })

  it('gets every subject that is made from it by filling in its wildcards', () => {
    const token = fc.stringMatching(/^[a-z0-9]{1,4}$/)
    const parts = fc.array(fc.tuple(token, fc.boolean()), { minLength: 1, maxLength: 6 })
    fc.assert(
      fc.property(parts, fc.array(token, { minLength: 1, maxLength: 3 }), fc.boolean(), (pairs, tail, open) => {
        const filter = [...pairs.map(([text, wild]) => (wild ? '*' : text)), ...(open ? ['>'] : [])].join('.')
        const subject = [...pairs.map(([text]) => text), ...(open ? tail : [])].join('.')
        expect(filterProblem(filter)).toBeUndefined()
        expect(isLiteral(subject)).toBe(true)
        expect(matches(filter, subject)).toBe(true)
      }),
    )
  })

  it('has its wildcards as whole tokens', () => {
    expect(filterProblem('a.>.b')).toContain('last token')
    expect(filterProblem('a*')).toContain('whole tokens')
    expect(filterProblem('a.b>')).toContain('whole tokens')
  })
})

describe('the part of a publisher’s messages that a subscription gets', () => {
  it.each([
    ['a', undefined, 'all'],
    ['b', undefined, 'none'],
    ['a', 4, 'none'],
    ['a.*', 4, 'all'],
    ['*.*', 4, 'all'],
    ['a.>', 4, 'all'],
    ['>', 4, 'all'],
    ['a.3', 4, 'some'],
    ['a.4', 4, 'none'],
    ['a.03', 4, 'none'],
    ['b.3', 4, 'none'],
    ['a.*.c', 4, 'none'],
  ])('by %s, of %s subjects below a, is %s', (filter, subjects, part) => {
    expect(coverage(filter, { subject: 'a', subjects })).toBe(part)
  })

  it('is what one finds by trying every subject', () => {
    const filters = fc.stringMatching(/^([ab*]|[0-9])(\.([ab*]|[0-9])){0,2}(\.>)?$/)
    fc.assert(
      fc.property(
        filters,
        fc.constantFrom('a', 'a.b', 'b'),
        fc.integer({ min: 2, max: 12 }),
        (filter, subject, subjects) => {
          const got = Array.from({ length: subjects }, (_, number) => matches(filter, `${subject}.${number}`))
          const part = got.every(Boolean) ? 'all' : got.some(Boolean) ? 'some' : 'none'
          expect(coverage(filter, { subject, subjects })).toBe(part)
        },
      ),
    )
  })
})

describe('two filters', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a.c', false],
    ['a.>', 'a', false],
    ['a.>', 'a.b.c', true],
    ['*.b', 'a.*', true],
    ['*.b', 'a.c', false],
    ['a.*', 'a.b.c', false],
    ['>', 'a.*.c', true],
    ['a.*.>', 'a.b', false],
  ])('%s and %s overlap: %s', (a, b, wanted) => {
    expect([overlap(a, b), overlap(b, a)]).toEqual([wanted, wanted])
  })
})
