/** Lines on stderr that must be read: something asked for is not done, or is of less worth. Shown with `--quiet` too. */

const head = 'warning: '

export function warning(sentence: string): string {
  return `${head}${sentence}`
}

export function isWarning(line: string): boolean {
  return line.startsWith(head)
}
