/** Templates: what is put into an image. Ours lie in fixtures/templates; others come by URL. Applied once, while an image is built. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Host } from '../../host/host.ts'
import { BenchError } from '../../model/error.ts'
import { lastLines } from './command.ts'
import type { Bastille, CallOptions } from './command.ts'
import { readRcConf, settle, switchedOn } from './foreign.ts'
import type { Fetched } from './foreign.ts'
import type { Home } from './home.ts'
import { test } from './jail.ts'
import { commitName, templateArgument, templateUrl } from './names.ts'

export interface Template {
  /** `nats-server`, or a URL. */
  readonly name: string
  /** Files of ours by relative name; empty for a URL. */
  readonly files: Readonly<Record<string, Uint8Array>>
  readonly args: Readonly<Record<string, string>>
  /** Commit of the repository at the URL; its newest where none is given. */
  readonly commit?: string
  /** Programs that must be in the jail afterwards. */
  readonly programs: readonly string[]
}

const programsOf = {
  'nats-server': ['/usr/local/bin/node', '/usr/local/bin/nats-server'],
  'nats-load': ['/usr/local/bin/node'],
} as const

/** One of ours, from the repository on the driving machine. */
async function ownTemplate(name: keyof typeof programsOf, args: Readonly<Record<string, string>>): Promise<Template> {
  const folder = fileURLToPath(new URL(`../../../fixtures/templates/${name}/`, import.meta.url))
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const paths = entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length))
  const files = await Promise.all(paths.sort().map(async (path) => [path, await readFile(join(folder, path))] as const))
  return { name, files: Object.fromEntries(files), args, programs: programsOf[name] }
}

/** A template by URL, such as https://github.com/henomis/nats-jail-template; it must install a nats-server. */
function foreignTemplate(url: string, args: Readonly<Record<string, string>>, commit?: string): Template {
  const pin = commit === undefined ? {} : { commit: commitName(commit) }
  return { name: templateUrl(url), files: {}, args, ...pin, programs: programsOf['nats-server'] }
}

export function isForeign(template: Template): boolean {
  return Object.keys(template.files).length === 0
}

/** A hash of everything that decides the result, except the release and the architecture. */
export function fingerprint(template: Template): string {
  const hash = createHash('sha256').update(template.name)
  for (const [path, content] of Object.entries(template.files))
    hash.update(`\0${path}\0${content.length}\0`).update(content)
  for (const [name, value] of Object.entries(template.args).sort()) hash.update(`\0${name}=${value}`)
  if (template.commit !== undefined) hash.update(`\0\0${template.commit}`)
  return hash.digest('hex')
}

/**
 * Needs a running jail, and a template by URL must have been fetched. Throws with the last lines of the template when a step failed
 * or a program is missing afterwards.
 */
export async function applyTemplate(
  host: Host,
  home: Home,
  bastille: Bastille,
  jail: string,
  template: Template,
  fetched: Fetched | undefined,
  options: CallOptions,
): Promise<void> {
  const args = Object.entries(template.args).flatMap(([name, value]) => ['--arg', templateArgument(name, value)])
  if (fetched !== undefined) await installNode(bastille, jail, options)
  const before = fetched === undefined ? undefined : switchedOn(await readRcConf(host, jail))
  const where = fetched?.word ?? (await stage(host, home, template))
  const { status, stdout, stderr } = await bastille.call(['template', jail, where, ...args], {
    ...options,
    timeoutMs: 3_600_000,
  })
  if (before !== undefined) await settle(host, jail, before)
  const missing: string[] = []
  for (const program of template.programs) {
    if (!(await test(host, '-x', `${home.jails}/${jail}/root${program}`))) missing.push(program)
  }
  if (status === 0 && missing.length === 0) return
  const what =
    missing.length > 0
      ? `bring ${missing.join(' and ')}, it did not`
      : `be applied to ${jail}, bastille ended with status ${status}`
  throw new BenchError('os', `template ${template.name} must ${what}`, {
    lines: lastLines(`${stdout}\n${stderr}`),
    hint: 'packages come through the network of the jail: see "pnpm bench doctor", or the NAT rule for the jails in pf.conf',
  })
}

/** Copies it below our prefix. Each content has a folder of its own, so that no files change while a template is being applied. */
async function stage(host: Host, home: Home, template: Template): Promise<string> {
  const folder = `${home.prefix}/templates/harness/${template.name}-${fingerprint(template).slice(0, 12)}`
  await host.put(template.files, folder)
  // `put` makes files that only their owner can read, and the template's CP keeps these modes in the jail.
  await host.run(['chmod', '-R', 'u=rwX,go=rX', folder])
  const scripts = Object.keys(template.files).filter((path) => path.includes('/rc.d/'))
  if (scripts.length > 0) await host.run(['chmod', '755', ...scripts.map((path) => `${folder}/${path}`)])
  return folder
}

async function installNode(bastille: Bastille, jail: string, options: CallOptions): Promise<void> {
  const { status, stdout, stderr } = await bastille.call(['pkg', '-y', jail, 'install', 'node24'], {
    ...options,
    timeoutMs: 1_800_000,
  })
  if (status !== 0) {
    throw new BenchError('os', `package node24 must be installed in jail ${jail}, pkg ended with status ${status}`, {
      lines: lastLines(`${stdout}\n${stderr}`),
    })
  }
}

/**
 * Settings: `template` (a URL, for servers only), `templateCommit`, and `natsVersion` (such as `v2.15.2`, which is then built in
 * the jail; without it the package is installed).
 */
export function chooseTemplate(role: 'server' | 'load', settings: Readonly<Record<string, string>>): Promise<Template> {
  if (role === 'load') return ownTemplate('nats-load', {})
  const version = settings.natsVersion?.replace(/^(?=\d)/, 'v')
  const args = version === undefined ? {} : { NATS_VERSION: version }
  if (settings.template !== undefined) {
    return Promise.resolve(foreignTemplate(settings.template, args, settings.templateCommit))
  }
  return ownTemplate('nats-server', version === undefined ? {} : { ...args, NATS_PACKAGE: 'go' })
}
