/** How connections of one upstream leave: by which proxies, and with whose certificate. */
import { openTls, type Proxies, type WayOut } from '../egress/index.ts';
import type { Clock, LogLevel } from '../kernel/index.ts';
import type { UpstreamConfig } from './schema.ts';
import { ownAddresses, writtenAddresses } from './tls-problems.ts';

export interface WayOutDeps {
  readonly proxies?: Proxies | undefined;
  /** The folder that relative paths begin at. */
  readonly directory: string;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields?: Readonly<Record<string, unknown>>) => void;
}

/** Never throws: certificates that cannot be used show in every connection. */
export function wayOutOf(id: string, config: UpstreamConfig, deps: WayOutDeps): WayOut | undefined {
  const { proxies, directory, clock, log } = deps;
  if (config.tls === undefined) return proxies === undefined ? undefined : { proxies };
  const tls = openTls(config.tls, {
    directory,
    clock,
    own: ownAddresses(config).map(({ host }) => host),
    named: writtenAddresses(config).map(({ host }) => host),
    onFault: (why) =>
      log('error', 'the new TLS files of an upstream cannot be used; the last good ones stay', {
        upstream: id,
        why,
      }),
  });
  return { proxies, tls };
}
