/** A file of another tool → its numbers. The tool is recognised by the content, not by the name. */
import { BenchError } from '../../model/error.ts'
import type { Imported, ImportedAs } from '../../model/imported.ts'
import { jsonOf } from '../../model/json.ts'
import { foreignOf } from './foreign.ts'
import { importNatscli, isNatscli } from './natscli.ts'
import { importOmb, isOmb } from './omb.ts'

/** Not `[1] 393,921 msgs/sec`, `[2024-01-01 10:00]`, `[ 5] 0.00-1.00 sec` or `[[servers]]`, as lines of text and TOML begin. */
const beginsAsJson = /^\s*(\{\s*["}]|\[(\s*\[)*\s*([{"\]]|-?\d[\d.eE+-]*\s*(,|$|\][ \t]*([\r\n,\]]|$))))/

/**
 * `file`: its name in messages. `as`: the workload that CSV of nats bench is of. Throws `recording-invalid` for a file that is of
 * neither tool, not complete, or not of that workload's kind.
 */
export function importText(text: string, file: string, as?: ImportedAs): Imported {
  const plain = text.startsWith('\uFEFF') ? text.slice(1) : text
  if (plain.trim() === '') throw invalid(`${file} must have something in it, it is empty`)
  if (isNatscli(plain)) return importNatscli(plain, file, as)
  if (as !== undefined) throw invalid(`${file} must be CSV of nats bench to be taken as ${as.kind}`)
  const json = jsonOf(plain)
  if (json !== undefined && isOmb(json.value)) return importOmb(json.value, file)
  const foreign = foreignOf(plain, (json ?? jsonOf(plain.slice(0, plain.search(/\n|$/))))?.value)
  if (foreign !== undefined) {
    throw invalid(`${file} is of no tool known here, it looks like ${foreign.of}`, foreign.remedy)
  }
  if (json === undefined && beginsAsJson.test(plain)) {
    const several = /^\s*[{[].*[}\]]\s*\n\s*[{[]/.test(plain) || /^[}\]]\s*[{[]/m.test(plain)
    throw invalid(
      `${file} must be whole JSON, got ${several ? 'several values, one after the other' : 'text that breaks off or is broken'}`,
      several && /"(publish|consume)Rate"/.test(plain) ? 'give each as a file of its own' : undefined,
    )
  }
  throw invalid(`${file} is of no tool known here`)
}

function invalid(message: string, hint?: string): BenchError {
  return new BenchError('recording-invalid', message, {
    hint:
      hint ?? 'known: report.json of a run, CSV of nats bench (--csv FILE), result JSON of the OpenMessaging Benchmark',
  })
}
