import { expect, it } from 'vitest'
import type { CheckReport, CheckRow } from '../model/check-report.ts'
import { annotations, junit } from './check-machine.ts'

const row = (answer: CheckRow['answer'], because: string): CheckRow => ({
  workload: 'sub',
  metric: 'throughput',
  point: 'bytes="16" <&>',
  unit: 'msg/s',
  better: 'higher',
  answer,
  because,
})
const report = (rows: readonly CheckRow[], verdict: CheckReport['verdict']): CheckReport => ({
  schema: 1,
  scenario: 'one-to-one',
  kind: 'interleaved',
  base: '2.15.1',
  head: '2.15.2',
  pairs: 4,
  rows,
  verdict,
  remarks: [],
  folder: '/tmp/x',
})
const finding = (rule: string, outcome: 'pass' | 'unknown' | 'fail', because: string) => ({
  about: 'sub',
  rule,
  outcome,
  because,
})

it('has a broken limit and an unhealthy run as cases, though each metric is the same', () => {
  const findings = [
    finding('check', 'pass', 'same'),
    finding('limit', 'fail', 'p99 must be below 1 ms, got 2 ms'),
    finding('lost', 'unknown', 'nobody knows'),
  ]
  expect(junit([report([row('same', 'same')], { outcome: 'fail', findings })]))
    .toBe(`<?xml version="1.0" encoding="UTF-8"?>
<testsuites>
  <testsuite name="one-to-one" tests="3" failures="1" errors="0" skipped="1">
    <testcase classname="one-to-one" name="sub throughput bytes=&quot;16&quot; &lt;&amp;&gt;"/>
    <testcase classname="one-to-one" name="sub (limit)"><failure type="fail" message="p99 must be below 1 ms, got 2 ms"/></testcase>
    <testcase classname="one-to-one" name="sub (lost)"><skipped message="nobody knows"/></testcase>
  </testsuite>
</testsuites>
`)
})

it('has a metric that is worse once, not as a finding beside', () => {
  const findings = [finding('check', 'fail', '5 % worse'), finding('check', 'unknown', 'few')]
  const text = junit([report([row('worse', '5 % worse'), row('cannot tell', 'few')], { outcome: 'fail', findings })])
  expect(text).toContain('tests="2" failures="1" errors="0" skipped="1"')
  expect(text).toContain('<failure type="fail" message="5 % worse"/>')
})

it('takes what XML and the runner of GitHub do not allow out of names', () => {
  const findings = [finding('limit', 'fail', 'a\u0000b\uffff\n100 %')]
  const told = [report([], { outcome: 'fail', findings })]
  expect(junit(told)).toContain('message="a?b?\n100 %"')
  expect(annotations(told)).toBe('::error title=one-to-one sub::a\u0000b\uffff%0A100 %25\n')
})
