/** Settings of nats-server that the harness writes itself, with what to do instead. */
import { durationMs } from '../model/units.ts'
import type { Problem } from './problem.ts'
import { printed } from './print.ts'
import { limitProblems } from './server-limits.ts'

const ours = 'the harness sets it, so that servers listen on their own address only and ask for the run’s token'
const written = 'the harness reads what a server writes from its standard error'
/** Why the harness refuses a setting, and what to do instead, by the name of the setting. */
export const refusedSettings: Readonly<Record<string, string>> = {
  ...all(ours, 'listen host port net client_advertise http http_port https https_port monitor_port http_base_path'),
  ...all(
    ours,
    'authorization accounts users user password token username no_auth_user system_account system auth_callout',
  ),
  ...all(ours, 'operator operators resolver resolver_preload resolver_tls trusted trusted_keys nkeys jwt'),
  ...all(ours, 'tls allow_non_tls tls_required proxy_protocol ocsp ocsp_cache proxies'),
  ...all(written, 'log_file logfile logfile_size_limit logfile_max_num syslog remote_syslog logtime log_size_limit'),
  ...all(written, 'pid_file pidfile ports_file_dir prof_port profile'),
  ...all('settings are single values; a file may not bring in others', 'include'),
  ...all('the harness names servers after their nodes', 'server_name name'),
  ...all('give a server group a count of 2 or more instead', 'cluster routes'),
  ...all('this topology cannot be asked for yet', 'gateway leaf leafnodes websocket mqtt'),
  ...all(
    'write `jetstream: true` beside `settings` instead',
    'jetstream jetstream_enabled store_dir storedir js_store_dir',
  ),
  ...all('write `max_connections` instead: two names for one setting would leave open which counts', 'max_conn'),
}

export function settingProblems(path: string, settings: Readonly<Record<string, unknown>>): readonly Problem[] {
  const problems: Problem[] = []
  for (const [name, value] of Object.entries(settings)) {
    const because = Object.hasOwn(refusedSettings, name) ? refusedSettings[name] : undefined
    if (because !== undefined)
      problems.push({ path: `${path}.${name}`, message: `must not be set: ${because}, got ${printed(value)}` })
  }
  const sync = settings['sync_interval']
  if (sync !== undefined && !isSyncInterval(sync))
    problems.push({
      path: `${path}.sync_interval`,
      message: `must be "always" or a duration such as "10s", got ${printed(sync)}`,
    })
  problems.push(...limitProblems(path, settings))
  return problems
}

function isSyncInterval(value: unknown): boolean {
  return typeof value === 'string' && (value === 'always' || durationMs(value) !== undefined)
}

function all(because: string, names: string): Readonly<Record<string, string>> {
  return Object.fromEntries(names.split(' ').map((name) => [name, because]))
}
