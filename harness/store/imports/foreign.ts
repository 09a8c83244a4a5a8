/** Files that cannot be imported: finds out which tool wrote them, so that the message can name it and what to do instead. */

interface Sign {
  readonly of: string
  /** A pattern that only such files match; keys of the object in the file; or keys of the first item of its list. */
  readonly text?: RegExp
  readonly keys?: readonly string[]
  readonly itemKeys?: readonly string[]
  readonly remedy?: string
}

const byReport = 'give the report.json of the run, or its id'
const byCsv = 'write it again with --csv FILE, and give that file'

/** The first one that fits is used. */
const signs: readonly Sign[] = [
  { of: 'a file with conflict marks of git', text: /^<{7} /m, remedy: 'settle the conflict in it first' },
  { of: 'a page of HTML', text: /^\s*<(!doctype html|html)\b/i },
  // ours
  { of: 'the plan of a run', keys: ['digest', 'scenario', 'variants', 'blocks'], remedy: byReport },
  { of: 'an entry of the history', keys: ['run', 'scenario', 'digest', 'metrics'], remedy: byReport },
  { of: 'a scenario', keys: ['topology', 'workloads'], remedy: 'pnpm bench run measures it' },
  { of: 'a recording of a run', text: /^\{"t":"plan",/, remedy: byReport },
  { of: 'what compare --json printed', itemKeys: ['runs', 'rows'], remedy: byReport },
  { of: 'what check --json printed', itemKeys: ['verdict', 'folder', 'rows'], remedy: byReport },
  { of: 'an export as CSV of this harness', text: /^run,at,scenario,substrate,/, remedy: byReport },
  { of: 'text for Prometheus (export openmetrics)', text: /^# (TYPE|HELP) \w+ /m, remedy: byReport },
  // NATS
  { of: 'what nats latency printed', text: /^(Pub Server RTT|HDR Percentiles)\b/m },
  {
    of: 'what nats bench printed',
    text: /\bstats: [\d,.]+ msgs\/sec\b|^[\d:]* ?Starting .*\bbenchmark \[/m,
    remedy: byCsv,
  },
  { of: 'an answer of nats-server (/varz, /connz, /jsz)', keys: ['server_id'] },
  {
    of: 'a list of results of the OpenMessaging Benchmark',
    itemKeys: ['publishRate'],
    remedy: 'give each result as a file of its own',
  },
  {
    of: 'a table of results of the OpenMessaging Benchmark',
    text: /^workload,driver,version,beginTime,/,
    remedy: 'give the JSON that it was made from',
  },
  // benchmarks of Go
  { of: 'text of go test -bench', text: /^Benchmark\S+\s+\d+\s+[\d.]+ \S+/m },
  { of: 'what go test -json printed', text: /^\{"Time":"[^"]*","Action":"/ },
  { of: 'a table of benchstat', text: /│|^name\s+old \S+|^,[^\n]*\n,\S+\/op,CI/m },
  // load and time of commands
  { of: 'a summary of k6', keys: ['metrics', 'root_group'] },
  { of: 'a summary of k6', keys: ['metrics', 'setup_data'] },
  { of: 'points of k6 (--out json)', text: /^\{"(type|metric)":.*"type":"(Metric|Point)"|^\{"type":"(Metric|Point)"/ },
  { of: 'points of k6 (--out csv)', text: /^metric_name,timestamp,metric_value/ },
  { of: 'JSON of hyperfine', text: /^\s*\{\s*"results"\s*:\s*\[\s*\{\s*"command"/ },
  { of: 'CSV of hyperfine', text: /^command,mean,stddev/ },
  { of: 'text of hyperfine', text: /^Benchmark (#?\d+): .*\n\s+Time \(mean/m },
  { of: 'text of wrk', text: /^Running .* test @ /m },
  { of: 'text of h2load', text: /^finished in [\d.]+\w+, [\d.]+ req\/s/m },
  { of: 'text of ApacheBench', text: /^This is ApacheBench/m },
  { of: 'JSON of vegeta', keys: ['latencies', 'bytes_in'] },
  { of: 'JSON of autocannon', keys: ['requests', 'latency', 'throughput'] },
  { of: 'JSON of fortio', keys: ['RequestedQPS', 'DurationHistogram'] },
  { of: 'JSON of oha', keys: ['summary', 'responseTimeHistogram'] },
  { of: 'JSON of Artillery', keys: ['aggregate', 'intermediate'] },
  { of: 'CSV of Locust', text: /^"?Type"?,"?Name"?,"?Request Count/i },
  { of: 'CSV of JMeter', text: /^timeStamp,elapsed,label/ },
  { of: 'a result of iperf3', keys: ['start', 'intervals', 'end'] },
  { of: 'a result of fio', keys: ['fio version'] },
  { of: 'CSV of redis-benchmark', text: /^"test","rps"/ },
  { of: 'what kafka-producer-perf-test printed', text: /^\d+ records sent, [\d.]+ records\/sec/m },
  { of: 'a result of RabbitMQ PerfTest', text: /"send-msg-rate"/ },
  { of: 'what RabbitMQ PerfTest printed', text: /^id: \S+, (time|sending rate)/m },
  { of: 'a percentile table of HdrHistogram', text: /^\s*Value\s+Percentile\s+TotalCount/m },
  { of: 'a log of HdrHistogram', text: /^#\[(Histogram log format|StartTime)|,HISTFAAA/m },
  // benchmarks of code
  { of: 'JSON of JMH', itemKeys: ['jmhVersion'] },
  { of: 'JSON of Google Benchmark', text: /^\s*\{[^]{0,2000}"library_build_type"\s*:/ },
  { of: 'JSON of pytest-benchmark', keys: ['machine_info', 'benchmarks'] },
  { of: 'JSON of BenchmarkDotNet', keys: ['HostEnvironmentInfo', 'Benchmarks'] },
  { of: 'data of github-action-benchmark', text: /^window\.BENCHMARK_DATA\b/ },
  { of: 'a list for github-action-benchmark', itemKeys: ['name', 'unit', 'value'], remedy: byReport },
  { of: 'a result for Bencher', text: /^\s*\{\s*"[^"]+"\s*:\s*\{\s*"[^"]+"\s*:\s*\{\s*"value"\s*:/ },
  { of: 'test results of JUnit', text: /^\s*(<\?xml[^>]*>\s*)?<testsuites?\b/ },
]

/** `json`: the value of the text, where it is JSON. Undefined for a file that is none of these. */
export function foreignOf(text: string, json: unknown): { readonly of: string; readonly remedy?: string } | undefined {
  const first: unknown = Array.isArray(json) ? json[0] : undefined
  return signs.find(
    ({ text: pattern, keys, itemKeys }) =>
      (pattern !== undefined && pattern.test(text)) || has(json, keys) || has(first, itemKeys),
  )
}

function has(value: unknown, keys: readonly string[] | undefined): boolean {
  if (keys === undefined || typeof value !== 'object' || value === null) return false
  return keys.every((key) => Object.hasOwn(value, key))
}
