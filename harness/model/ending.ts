/** How a run ended early, in words. */

/** `Interrupted by Ctrl-C`; `Failed: the server ended`. */
export function endedText(state: string, because: string | undefined): string {
  const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1)
  if (because === undefined) return `${capital(state)}: no reason is recorded`
  if (because.toLowerCase().startsWith(state)) return capital(because)
  return because === `the run was ${state}` ? capital(state) : `${capital(state)}: ${because}`
}
