import { expect, it } from 'vitest'
import { localHost } from '../host/local.ts'
import { bindingOf } from './cpu-binding.ts'

const pin = (cpus: readonly number[]) => ['env', `CPUS=${cpus.join(',')}`]
const answers = (status: number, stdout: string, stderr = '') => ({
  ...localHost(),
  run: (command: readonly string[]) => Promise.resolve({ command, status, stdout, stderr, ms: 1 }),
})
const bound = (cpus: readonly number[], allowed: string) =>
  bindingOf(answers(0, `Name:\tcat\nCpus_allowed_list:\t${allowed}\n`), { name: 'hub', cpus }, pin)

it('a node without CPUs of its own is bound to none', async () => {
  expect(await bindingOf(answers(1, ''), { name: 'hub' }, pin)).toEqual([])
})

it.each([
  [[0], '0'],
  [[0, 2, 5], '0-2,5'],
  [[5, 0, 0], '0,5'],
])('the CPUs %j of those that were given, %s, are bound to', async (cpus, allowed) => {
  expect(await bound(cpus, allowed)).toEqual(pin(cpus))
})

it('a CPU that is not there is refused, although taskset binds to the others without a word', async () => {
  await expect(bound([0, 99], '0')).rejects.toThrow('node hub must be bound to the CPUs 0, 99 of local, got no 99')
})

it('what taskset or cpuset says where no CPU is there is the reason', async () => {
  const none = answers(1, '', "taskset: failed to set pid 9's affinity: Invalid argument\n")
  await expect(bindingOf(none, { name: 'hub', cpus: [99] }, pin)).rejects.toThrow('Invalid argument')
})

it('a host without such a program is refused', async () => {
  await expect(bindingOf(answers(0, ''), { name: 'hub', cpus: [0] }, undefined)).rejects.toThrow('without taskset')
})
