import { describe, expect, it } from 'vitest'
import { importText } from './read.ts'

describe('files of tools that are not imported', () => {
  it.each([
    ['<<<<<<< HEAD\n{"schema":1}\n=======\n', 'conflict marks of git'],
    ['<!DOCTYPE html><html></html>', 'a page of HTML'],
    ['{"digest":"x","scenario":{},"variants":[],"blocks":[]}', 'the plan of a run'],
    ['run,at,scenario,substrate,host\r\n', 'an export as CSV'],
    ['# HELP nats_bench_run_info what\n', 'Prometheus'],
    ['Pub Server RTT : 1.65ms\nHDR Percentiles:\n', 'nats latency'],
    ['Starting benchmark [msgs=100]\n Pub stats: 1,178,284 msgs/sec ~ 143.83 MB/sec\n', 'nats bench printed'],
    ['13:07:32 Starting Core NATS publisher benchmark [clients=1]\n', 'nats bench printed'],
    ['goos: linux\nBenchmarkPub-8   \t 1000000\t      1203 ns/op\n', 'go test -bench'],
    ['{"Time":"2024-01-01T00:00:00Z","Action":"pass"}\n{"Action":"pass"}\n', 'go test -json'],
    ['{"metrics":{"http_reqs":{"count":1}},"root_group":{}}', 'a summary of k6'],
    ['{"type":"Metric","data":{},"metric":"http_reqs"}\n{"type":"Point"}\n', 'points of k6'],
    ['metric_name,timestamp,metric_value,check\n', 'points of k6'],
    ['{"results":[{"command":"sleep 1","mean":1}]}', 'hyperfine'],
    ['command,mean,stddev,median\n', 'hyperfine'],
    ['Running 30s test @ http://127.0.0.1\n', 'wrk'],
    ['finished in 7.10ms, 14077.95 req/s, 5.99MB/s\n', 'h2load'],
    ['       Value     Percentile TotalCount 1/(1-Percentile)\n', 'HdrHistogram'],
    ['#[Histogram log format version 1.3]\n', 'a log of HdrHistogram'],
    ['[{"jmhVersion":"1.21"}]', 'JMH'],
    ['[{"name":"a","unit":"msg/s","value":1}]', 'github-action-benchmark'],
    ['{"a/pub": {"throughput": {"value": 1}}}', 'Bencher'],
    ['{"scenario-1":{"send-msg-rate":8935.9}}', 'RabbitMQ PerfTest'],
    ['{"context":{"num_cpus":2,"library_build_type":"release"},"benchmarks":[]}', 'Google Benchmark'],
    ['workload,driver,version,beginTime,endTime,topics\n', 'a table of results of the OpenMessaging Benchmark'],
    ['[{"publishRate":[1]}]', 'a list of results of the OpenMessaging Benchmark'],
  ])('%j', (text, wanted) => {
    expect(() => importText(text, 'file')).toThrow('is of no tool known here, it looks like')
    expect(() => importText(text, 'file')).toThrow(wanted)
  })
})
