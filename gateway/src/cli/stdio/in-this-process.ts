/** A bridge to a gateway in the same process, which listens nowhere. */
import { createGateway, type Config, type Gateway } from '../../compose/index.ts';
import { readProxies } from '../../egress/index.ts';
import { systemClock, type Clock } from '../../kernel/index.ts';
import { followConfig } from '../follow-config.ts';
import type { Log } from '../logger.ts';
import type { Output } from '../output.ts';
import { createReloader } from '../reload.ts';
import { configFile, loadChanged, type CommonOptions } from '../session.ts';
import { createLocalPeer } from './local-peer.ts';
import type { Reach } from './peer.ts';

/** A client waits at most so long for upstreams before it is told what is there. */
const READY_WITHIN_MS = 10_000;
const CLOSE_MS = 200;

export interface LocalDeps {
  readonly out: Output;
  readonly options: CommonOptions;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly log: Log;
}

/** Builds the gateway; it follows its configuration file as `serve` does. */
export async function createLocalReach(
  { out, options, endpoint, headers, log }: LocalDeps,
  config: Config,
  directory: string,
): Promise<Reach> {
  const { env, version } = out.surroundings;
  const gateway = await createGateway({
    config,
    directory,
    clock: systemClock,
    log,
    version,
    proxies: readProxies(out.surroundings.env),
  });
  const reloader = createReloader({
    out,
    gateway,
    log,
    config,
    load: () => loadChanged(out, options),
  });
  const watch = followConfig(configFile(out, options), env, reloader.reload, systemClock);
  const peer = createLocalPeer(gateway, endpoint, headers);
  const ready = readySoon(gateway, systemClock);
  return {
    peer: () => ready.then(() => peer),
    onChange: () => undefined,
    close: async () => {
      await watch.close();
      await gateway.close(CLOSE_MS);
    },
  };
}

function readySoon(gateway: Gateway, clock: Clock): Promise<void> {
  const late = new Promise<void>((resolve) => clock.after(READY_WITHIN_MS, resolve));
  return Promise.race([gateway.ready(), late]);
}
