#!/usr/bin/env node
/** The program `bench`. JavaScript, so that a Node.js that cannot read TypeScript says what is wanted instead of failing. */
import { mkdirSync } from 'node:fs'
import module from 'node:module'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
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
  rememberCompiled()
  await import('./main.ts').catch(withoutPackages)
}

/** Packages that the command line itself is made of are looked for before any code of ours runs. */
function withoutPackages(error) {
  if (!/^Cannot find package /.test(error.message)) throw error
  process.stderr.write(
    `error: packages must be installed, got: ${error.message}\nhint: pnpm install --frozen-lockfile\n`,
  )
  process.exitCode = 69
}

/** Code without its types is kept in the user's cache: the start takes half the CPU time. Where that cannot be, it goes without. */
function rememberCompiled() {
  const said = process.env['XDG_CACHE_HOME'] ?? ''
  const base = isAbsolute(said) ? said : join(homedir(), '.cache') // relative where HOME is: then nothing is kept
  const own = join(base, 'nats-jail-harness')
  const folder = join(own, 'compiled')
  // One by one: Node.js never ends making folders below /proc.
  if (isAbsolute(base) && [base, own, folder].every(isThere)) module.enableCompileCache(folder)
}

function isThere(folder) {
  try {
    mkdirSync(folder, { mode: 0o700 })
    return true
  } catch (error) {
    return error.code === 'EEXIST'
  }
}
