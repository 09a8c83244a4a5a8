import { describe, expect, it } from 'vitest'
import { chooseTemplate, fingerprint, isForeign } from './template.ts'

const url = 'https://github.com/henomis/nats-jail-template'

describe('the template of an image', () => {
  it('takes nats-server as the FreeBSD package, or builds a version with Go, with or without its v', async () => {
    expect(await chooseTemplate('server', {})).toMatchObject({ name: 'nats-server', args: {} })
    for (const natsVersion of ['2.15.2', 'v2.15.2']) {
      const { args } = await chooseTemplate('server', { natsVersion })
      expect(args).toEqual({ NATS_VERSION: 'v2.15.2', NATS_PACKAGE: 'go' })
    }
  })

  it('is somebody else’s for servers only, and gets arguments that it is likely to know', async () => {
    const settings = { template: url, natsVersion: 'v2.15.2' }
    const server = await chooseTemplate('server', settings)
    expect([server.name, server.args, isForeign(server)]).toEqual([url, { NATS_VERSION: 'v2.15.2' }, true])
    expect(isForeign(await chooseTemplate('load', settings))).toBe(false)
  })

  it('has a service that sets no variable which rc.subr would take for the program to run', async () => {
    const { files } = await chooseTemplate('server', {})
    const script = Buffer.from(files['usr/local/etc/rc.d/nats'] ?? []).toString()
    expect(script).toMatch(/^command=\/usr\/sbin\/daemon$/m)
    expect(script).not.toMatch(/^nats_(program|chroot|user|group|flags)=/m)
  })

  it('makes another image at another commit', async () => {
    const at = async (more: object) => fingerprint(await chooseTemplate('server', { template: url, ...more }))
    const all = await Promise.all([
      at({}),
      at({ templateCommit: 'a'.repeat(40) }),
      at({ templateCommit: 'b'.repeat(40) }),
    ])
    expect(new Set(all).size).toBe(3)
  })
})
