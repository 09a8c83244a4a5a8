// Prints vitest's JSON result as one line that a machine reads. Fails when no test ran or one failed.
import { readFileSync } from 'node:fs'

const result = JSON.parse(readFileSync(process.argv[2], 'utf8'))
const skipped = result.numPendingTests + result.numTodoTests
const broken = result.numFailedTestSuites > 0 && result.numFailedTests === 0 ? result.numFailedTestSuites : 0
console.log(`${result.numPassedTests} passed, ${result.numFailedTests + broken} failed, ${skipped} skipped`)
process.exitCode = result.numPassedTests === 0 || result.numFailedTests + broken > 0 || !result.success ? 1 : 0
