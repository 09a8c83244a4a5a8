/** What is made by the first call and kept for the others. A failure is not kept: the next call tries again. */

/** One for each key. */
export function onceEach<K, V>(known: Map<K, Promise<V>>, key: K, make: () => Promise<V>): Promise<V> {
  const before = known.get(key)
  if (before !== undefined) return before
  const made = make()
  known.set(key, made)
  made.catch(() => known.delete(key))
  return made
}

export function once<T>(make: () => Promise<T>): () => Promise<T> {
  const known = new Map<undefined, Promise<T>>()
  return () => onceEach(known, undefined, make)
}
