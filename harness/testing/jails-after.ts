/** After the jail tests: removes their golden jails, and with the last one their prefix. Golden jails of the host stay. */
import { localHost } from '../host/local.ts'
import { prepare } from '../substrate/bastille/bastille.ts'
import { listImages, removeImage } from '../substrate/bastille/images.ts'

export async function teardown(): Promise<void> {
  const host = localHost()
  if ((await host.run(['uname', '-s'])).stdout.trim() !== 'FreeBSD') return
  if ((await host.run(['sh', '-c', 'command -v bastille'], { accept: 'any' })).status !== 0) return
  const removal = await prepare({ host, run: 'test', say: () => undefined })
  for (const { name } of await listImages(removal)) await removeImage(removal, name)
}
