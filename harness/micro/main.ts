/** `pnpm micro`: nanoseconds an operation of each hot path. `--json` prints them as data; a word runs the cases that contain it. */
import { parseArgs } from 'node:util'
import { Bench } from 'tinybench'
import { cases } from './cases.ts'

const { values, positionals } = parseArgs({
  options: { json: { type: 'boolean', default: false }, time: { type: 'string', default: '300' } },
  allowPositionals: true,
})

const chosen = cases().filter(({ name }) => positionals.every((word) => name.includes(word)))
if (chosen.length === 0) {
  process.stderr.write(`micro: no case contains ${JSON.stringify(positionals.join(' '))}; cases are:\n`)
  for (const { name } of cases()) process.stderr.write(`  ${name}\n`)
  process.exit(64)
}

const bench = new Bench({ time: Number(values.time), warmupTime: 100 })
let sink = 0
for (const { name, run } of chosen) {
  bench.add(name, () => {
    sink += run()
  })
}
await bench.run()

const rows = bench.tasks.map((task, i) => {
  const { result } = task
  if (result.state !== 'completed') throw new Error(`case ${task.name} must complete, got ${result.state}`)
  const { operations, operation } = chosen[i]!
  const nsOf = (ms: number): number => (ms * 1e6) / operations
  return {
    name: task.name,
    operation,
    medianNs: nsOf(result.latency.p50),
    p99Ns: nsOf(result.latency.p99),
    relativeErrorPercent: result.latency.rme,
  }
})

if (values.json) {
  process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
} else {
  const width = Math.max(...rows.map(({ name }) => name.length))
  for (const { name, operation, medianNs, p99Ns, relativeErrorPercent } of rows) {
    const figures = `${medianNs.toFixed(1).padStart(7)} ns a ${operation.padEnd(8)} p99 ${p99Ns.toFixed(1).padStart(7)}`
    process.stdout.write(`${name.padEnd(width)}  ${figures}  ± ${relativeErrorPercent.toFixed(1)} %\n`)
  }
}
// Read once, so that the work above has a use.
if (Number.isNaN(sink)) process.exitCode = 70
