import { expect, test } from 'vitest'
import { reachHint } from './ssh-connection.ts'

const target = { user: 'me', host: 'board', port: 2222 }

test.for([
  ['ssh: connect to host board port 2222: Connection timed out', /nobody answers there.*`ssh -p 2222 me@board true`/],
  ['ssh: connect to host board port 2222: Connection refused', /nobody answers there/],
  ['ssh: connect to host board port 2222: No route to host', /nobody answers there/],
  ['command `ssh -o ...` must end within 20000 ms, got no end', /nobody answers there/],
  ['ssh: Could not resolve hostname board: Name or service not known', /no host of that name/],
  ['me@board: Permission denied (publickey,password).', /without a password first/],
  ['Host key verification failed.', /without a password first/],
] as const)('what ssh said is answered with what helps: %s', ([said, hint]) => {
  const told = reachHint(target, said)
  expect(told).toMatch(hint)
  expect(/password/.test(told)).toBe(/denied|key/.test(said))
})
