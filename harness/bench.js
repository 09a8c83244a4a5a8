#!/usr/bin/env node
/** The program `bench`. JavaScript, so that a Node.js that cannot read TypeScript says what is wanted instead of failing. */
import process from 'node:process'

const wanted = [22, 22]
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

if (major < wanted[0] || (major === wanted[0] && minor < wanted[1])) {
  process.stderr.write(
    `error: Node.js must be ${wanted.join('.')} or newer, got ${process.versions.node}\nhint: npx -y -p node@24 -p pnpm@11 -- pnpm bench\n`,
  )
  process.exitCode = 69
} else if (import.meta.dirname.includes('/node_modules/')) {
  // Node.js strips types only outside of node_modules.
  process.stderr.write(
    `error: nats-jail-harness must be linked from a clone, got a copy in ${import.meta.dirname}\nhint: pnpm add -D /path/to/clone\n`,
  )
  process.exitCode = 78
} else {
  await import('./main.ts')
}
