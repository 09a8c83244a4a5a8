/** Waits that are not silent: after ten seconds, and every ten more, one line says what is waited for. */
const everyMs = 10_000

/**
 * What `work` answers. What it says itself, by the `say` that it is given, counts: a line comes only where there was none for ten
 * seconds. `more`: what can be seen of its progress, asked before each line.
 */
export async function patiently<T>(
  say: (line: string) => void,
  what: string,
  work: (say: (line: string) => void) => Promise<T>,
  more: () => Promise<string> = () => Promise.resolve(''),
): Promise<T> {
  const began = performance.now()
  let ended = false
  const talk = async () => {
    // A look that fails costs the line its figure, nothing else: the work itself has its own errors.
    const seen = await more().catch(() => '')
    if (!ended) say(`${what}: ${Math.round((performance.now() - began) / 1000)} s${seen === '' ? '' : `, ${seen}`}`)
  }
  const timer = setInterval(() => void talk(), everyMs)
  try {
    return await work((line) => {
      timer.refresh()
      say(line)
    })
  } finally {
    ended = true
    clearInterval(timer)
  }
}

/** Whether a line is of `patiently`: the next wait for the same thing says it again. */
export function isWaiting(line: string): boolean {
  return /: \d+ s(?:, |$)/.test(line)
}
