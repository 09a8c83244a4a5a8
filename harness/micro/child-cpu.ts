/** CPU time of programs that were started and have ended: what the kernel adds up for their parent (proc(5), cutime and cstime). */
import { readFile } from 'node:fs/promises'

/** Linux counts in hundredths of a second for programs, whatever its own clock is. */
const microsPerTick = 10_000

/** Of all children of this process that have ended so far, in µs; undefined where the system has no /proc. */
export async function endedChildrenMicros(): Promise<number | undefined> {
  const times = await timesOf('self')
  return times === undefined ? undefined : times.children * microsPerTick
}

/** Of a running program, in µs. */
export async function programMicros(pid: number): Promise<number | undefined> {
  const times = await timesOf(String(pid))
  return times === undefined ? undefined : times.own * microsPerTick
}

async function timesOf(process: string): Promise<{ readonly own: number; readonly children: number } | undefined> {
  let text: string
  try {
    text = await readFile(`/proc/${process}/stat`, 'utf8')
  } catch {
    return undefined // no Linux, or the program is gone
  }
  // The name of the program, in brackets, may hold blanks; behind it the fields from the third on.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [utime = 0, stime = 0, cutime = 0, cstime = 0] = fields.slice(11, 15)
  return { own: utime + stime, children: cutime + cstime }
}
