/** A bad network for a kept topology, as a user makes and heals it. */
import { describe } from 'vitest'
import { test } from '../testing/command.ts'

describe.runIf(process.getuid?.() === 0 && process.platform === 'linux')('the network of a kept topology', () => {
  test('is cut and healed', async ({ cli, expect }) => {
    const up = await cli.run('up', 'one-to-one', '--on', 'netns', '--out', cli.out, '--json')
    expect(up.status, up.stderr).toBe(0)
    const [kept] = JSON.parse(up.stdout) as [{ nodes: readonly { name: string; address: string }[] }]
    const { nodes } = kept
    const hub = nodes.find(({ name }) => name === 'hub')?.address ?? ''
    const neighbours = () => cli.run('exec', 'send', '--', 'ip', 'neigh', 'show', 'nud', 'permanent')

    expect((await cli.run('cut', 'hub', '--from', 'send')).stdout).toMatch(/^hub is cut off from send/)
    expect((await neighbours()).stdout).toContain(hub)
    expect(await cli.run('heal')).toMatchObject({ status: 0, stdout: 'healed\n' })
    expect((await neighbours()).stdout).not.toContain(hub)

    const wrong = await cli.run('impair', 'hub', '--loss', '3')
    expect(wrong.status).toBe(64)
    expect(wrong.stderr).toContain('must be a share from 0 to 1')
    // Real where the kernel has netem, a sentence where it has not.
    const impaired = await cli.run('impair', 'hub', '--delay', '20ms')
    const said = `${impaired.stdout}${impaired.stderr}`
    expect(said).toMatch(/before .*100 of 100 packets came back[^]*now .*packets came back|must have netem/)

    expect(await cli.run('down')).toMatchObject({ status: 0, stdout: 'down\n' })
    const [files] = await cli.runs()
    expect(files === undefined ? ['no run folder'] : await cli.leftovers(files)).toEqual([])
  })
})
