// In a worker: it must be the emulated one, and what it starts as Node.js must be too.
import process from 'node:process'
import fc from 'fast-check'

if (process.arch !== 'arm64') throw new Error(`tests must run on arm64, got ${process.arch}`)
process.execPath = process.env.BENCH_ARM64_NODE

// Some fifty times slower than the real thing: fewer examples of each property.
fc.configureGlobal({ numRuns: 20 })
