/** `bench doctor`: what this host, or the one of --host, can run; what is missing; the command that fixes it. Changes nothing. */
import { styleText } from 'node:util'
import { patiently } from '../host/patience.ts'
import { jsonList } from '../report/json.ts'
import { fold } from '../report/style-text.ts'
import { safe, sayTo } from './error-text.ts'
import type { Register } from './register.ts'
import type { DoctorLine } from '../model/doctor.ts'
import type { World } from '../model/world.ts'
import { examine } from './examine.ts'
import { hostChoice, hostOption } from './options.ts'

const marks: Readonly<
  Record<DoctorLine['state'], { readonly text: string; readonly color: 'green' | 'yellow' | 'red' }>
> = {
  ok: { text: 'ok  ', color: 'green' },
  warn: { text: 'warn', color: 'yellow' },
  fail: { text: 'FAIL', color: 'red' },
}

export const doctorCommand: Register = (program, run, world) => {
  program
    .command('doctor')
    .description('show what this host (or --host) can run, what is missing, and the command that fixes it')
    .addOption(hostOption())
    .option('--json', 'as JSON')
    .addHelpText(
      'after',
      '\nStatus 0 when at least one substrate works, else 69.\nExample: pnpm bench doctor --host ssh://root@rock64',
    )
    .action((words: { host?: string; json?: boolean }) =>
      run(async () => {
        const say = sayTo(world)
        const look = () => examine(world, hostChoice(words, world))
        const { lines, usable } = await patiently(say, 'looking at the host', look)
        world.out(words.json === true ? jsonList([{ usable, lines }]) : `${doctorText(lines, usable, world)}\n`)
        return usable.length > 0 ? 0 : 69
      }),
    )
}

/** A line a question, folded to the width; what the host says of itself can be anything. */
export function doctorText(
  lines: readonly DoctorLine[],
  usable: readonly string[],
  world: Pick<World, 'color' | 'columns'>,
): string {
  const wide = Math.max(...lines.map((line) => line.about.length))
  const rows = lines.map((line) => {
    const { text, color } = marks[line.state]
    const mark = world.color ? styleText(color, text, { validateStream: false }) : text
    const head = `${text} ${line.about.padEnd(wide)}`
    // beside the name where there is room for a sentence, else below it
    const beside = world.columns - wide - 7 >= 40
    const indent = ' '.repeat(beside ? wide + 7 : 4)
    const said = fold(safe(line.because), world.columns - indent.length)
    const fix = line.fix === undefined ? [] : [`fix: ${safe(line.fix)}`]
    const rest = [...said.slice(beside ? 1 : 0), ...fix].map((each) => `${indent}${each}`)
    const first = beside ? `${head}  ${said[0] ?? ''}` : head.trimEnd()
    return [first.replace(text, mark), ...rest].join('\n')
  })
  return [...rows, '', usable.length === 0 ? 'nothing can run here yet' : `can run: ${usable.join(', ')}`].join('\n')
}
