/** Waits that are not silent: after ten seconds, and every ten more, one line says what is waited for. */
const everyMs = 10_000

/** What `work` answers. `more`: what can be seen of its progress, asked before each line. */
export async function patiently<T>(
  say: (line: string) => void,
  what: string,
  work: () => Promise<T>,
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
    return await work()
  } finally {
    ended = true
    clearInterval(timer)
  }
}

/** The same for work that also talks itself: its own lines count, so that a line comes only where it has said nothing for ten seconds. */
export async function neverSilent<T>(
  say: (line: string) => void,
  what: string,
  work: (say: (line: string) => void) => Promise<T>,
): Promise<T> {
  const began = performance.now()
  const timer = setInterval(() => say(`${what}: ${Math.round((performance.now() - began) / 1000)} s`), everyMs)
  try {
    return await work((line) => {
      timer.refresh()
      say(line)
    })
  } finally {
    clearInterval(timer)
  }
}

/** Whether a line is of these two: the next wait for the same thing says it again. */
export function isWaiting(line: string): boolean {
  return /: \d+ s(?:, |$)/.test(line)
}
