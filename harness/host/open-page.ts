/** A page in the browser of whoever sits at this machine. */
import { spawn } from 'node:child_process'
import { platform } from 'node:os'

/** Resolves once the opener has started, with what kept it from starting. */
export function openPage(
  path: string,
  opener = platform() === 'darwin' ? 'open' : 'xdg-open',
): Promise<string | undefined> {
  return new Promise((resolve) => {
    const child = spawn(opener, [path], { detached: true, stdio: 'ignore' })
    child.once('error', (error) => resolve(`${opener} must open the page, got: ${error.message}`))
    child.once('spawn', () => {
      child.unref()
      resolve(undefined)
    })
  })
}
