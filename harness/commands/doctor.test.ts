import { expect, it } from 'vitest'
import { doctorText } from './doctor.ts'

it('what a host says of itself can neither move the cursor nor set the title of a terminal', () => {
  const because = 'local: Linux 6.1\u001b[31mred\u001b]0;title\u0007 x86_64'
  const said = doctorText([{ about: 'host', state: 'ok', because, fix: 'sysctl \u009b2J' }], [], {
    color: false,
    columns: 100,
  })
  // eslint-disable-next-line no-control-regex -- those are what must not be there
  expect(said.replaceAll('\n', '')).not.toMatch(/[\u0000-\u001f\u0080-\u009f]/)
  expect(said).toContain('Linux 6.1\\u001b[31mred')
  expect(said).toContain('fix: sysctl \\u009b2J')
})
