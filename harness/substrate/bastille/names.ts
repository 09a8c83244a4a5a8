/**
 * Names that are safe everywhere. Bastille searches for a target by exact name, then by unique prefix, JID and tag, uses names in
 * grep, and evaluates some of them in a root shell. So all names of jails of one kind have the same length, letters and digits only.
 */
import { BenchError } from '../../model/error.ts'

/** `nj` + tag + index: 8 characters, so that `e0a_NAME` fits an interface name and no name begins another one. */
const nodePattern = /^nj[a-z0-9]{4}[a-z0-9]{2}$/
/** `ng` + 8 characters of the image's hash: can never begin with, or begin, the name of a node. */
const imagePattern = /^ng[a-z0-9]{8}$/
const bridgePattern = /^nb[a-z0-9]{1,8}$/
const argumentPattern = /^[A-Za-z0-9_.,:/@+=-]*$/
const argumentNamePattern = /^[A-Z][A-Z0-9_]{0,39}$/
const releasePattern = /^[1-9]\d?\.\d-(RELEASE|RC[1-9]|BETA[1-9]|STABLE|CURRENT)$/
const templateUrlPattern = /^https:\/\/[a-z0-9.-]+\/([A-Za-z0-9][A-Za-z0-9_.-]*)\/([A-Za-z0-9][A-Za-z0-9_.-]*)$/
/** Folders of templates that are not a user's: Bastille's own, which is a link out of our prefix, and ours. */
const takenUsers: readonly string[] = ['default', 'harness']
const commitPattern = /^[0-9a-f]{40}$/

/** Index from 0 to 1295. */
export function nodeJail(tag: string, index: number): string {
  const name = `nj${tag}${index.toString(36).padStart(2, '0')}`
  if (!nodePattern.test(name))
    throw notSafe('jail name', name, '"nj", four letters or digits of the run, and an index below 1296')
  return name
}

export function imageJail(hash: string): string {
  const name = `ng${hash.slice(0, 8)}`
  if (!imagePattern.test(name)) throw notSafe('image name', name, '"ng" and eight letters or digits')
  return name
}

/** Is it a name that only this harness gives? Checked again before anything is removed. */
export function isOurJail(name: string): boolean {
  return nodePattern.test(name) || imagePattern.test(name)
}

export function isImageJail(name: string): boolean {
  return imagePattern.test(name)
}

export function isOurBridge(name: string): boolean {
  return bridgePattern.test(name)
}

/** `NAME=value` for `bastille template --arg`. Since Bastille 1.3.0 a root shell on the host evaluates the value. */
export function templateArgument(name: string, value: string): string {
  if (!argumentNamePattern.test(name)) throw notSafe('template argument', name, 'capital letters, digits and _')
  if (!argumentPattern.test(value) || value.length > 200) {
    throw notSafe(`template argument ${name}`, value, 'only letters, digits and _ . , : / @ + = -')
  }
  return `${name}=${value}`
}

/** Takes the patch level off: Bastille 1.3.0 to 1.4.4 prints it in `list release`, but `create` rejects it. */
export function releaseName(text: string): string {
  const release =
    text
      .trim()
      .split(/\s/)[0]
      ?.replace(/-p\d+$/, '') ?? ''
  if (!releasePattern.test(release)) throw notSafe('release', text, 'a name such as 15.1-RELEASE')
  return release
}

/** Checks the URL of a template, such as https://github.com/henomis/nats-jail-template. */
export function templateUrl(text: string): string {
  const [, user = ''] = templateUrlPattern.exec(text) ?? []
  if (user === '' || takenUsers.includes(user) || text.includes('..')) {
    throw notSafe('template', text, 'https://host/user/repository')
  }
  return text
}

/** What Bastille calls a template that it fetched: `user/repository`, without the last dot of the repository and what follows. */
export function templateWord(url: string): string {
  const [, user = '', repository = ''] = templateUrlPattern.exec(templateUrl(url)) ?? []
  return `${user}/${repository.replace(/\.[^.]*$/, '')}`
}

export function commitName(text: string): string {
  if (!commitPattern.test(text)) throw notSafe('template commit', text, 'all 40 digits of a commit')
  return text
}

/** A path that is safe in Bastille's commands, which use `cp` and `sed` without quotes. */
export function plainPath(what: string, path: string): string {
  if (!/^(\/[A-Za-z0-9_.-]+)+$/.test(path) || /\/\.\.?(\/|$)/.test(path)) {
    throw notSafe(what, path, 'an absolute path of letters, digits and _ . -')
  }
  return path
}

function notSafe(what: string, got: string, wanted: string): BenchError {
  return new BenchError('usage', `${what} must be ${wanted}, got ${JSON.stringify(got.slice(0, 80))}`)
}
