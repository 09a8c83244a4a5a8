/** NATS subjects: https://docs.nats.io/nats-concepts/subjects. `*` stands for one token, a last `>` for one or more. */

export function isLiteral(subject: string): boolean {
  return !subject.split('.').some((token) => token === '*' || token === '>')
}

/** Undefined when the filter is well formed, else what is wrong with it. */
export function filterProblem(filter: string): string | undefined {
  const tokens = filter.split('.')
  if (tokens.slice(0, -1).includes('>')) return 'must have ">" as its last token only'
  const mixed = tokens.find((token) => token.length > 1 && /[*>]/.test(token))
  return mixed === undefined ? undefined : 'must have "*" and ">" as whole tokens only'
}

/** Does a subscription to `filter` get what is published to the literal `subject`? */
export function matches(filter: string, subject: string): boolean {
  const wanted = filter.split('.')
  const tokens = subject.split('.')
  for (const [position, want] of wanted.entries()) {
    const token = tokens[position]
    if (token === undefined) return false
    if (want === '>') return true
    if (want !== '*' && want !== token) return false
  }
  return wanted.length === tokens.length
}

/** How much of a publisher's traffic a filter gets: a publisher with `subjects` sends in turn to `subject.0` ... `subject.N-1`. */
export function coverage(
  filter: string,
  publisher: { readonly subject: string; readonly subjects?: number | undefined },
) {
  const { subject, subjects } = publisher
  if (subjects === undefined) return matches(filter, subject) ? 'all' : 'none'
  // A filter tells the members of the family apart only by a literal in the place of the number.
  if (matches(filter, `${subject}.+`)) return 'all'
  const literal = filter.split('.')[subject.split('.').length] ?? ''
  if (!/^(0|[1-9]\d*)$/.test(literal) || Number(literal) >= subjects) return 'none'
  if (!matches(filter, `${subject}.${literal}`)) return 'none'
  return 'some'
}

/** Is there a subject that both filters get? */
export function overlap(a: string, b: string): boolean {
  const [left, right] = [a.split('.'), b.split('.')]
  for (let i = 0; i < Math.max(left.length, right.length); i++) {
    const [one, other] = [left[i], right[i]]
    if (one === undefined || other === undefined) return false
    if (one === '>' || other === '>') return true
    if (one !== '*' && other !== '*' && one !== other) return false
  }
  return true
}
