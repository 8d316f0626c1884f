/** `drawbridge serve`: listens until it is told to stop. */
import { resolve } from 'node:path';
import { createGateway, type Config, type Gateway } from '../../compose/index.ts';
import { readProxies } from '../../egress/index.ts';
import { systemClock, type LogLevel } from '../../kernel/index.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { followConfig } from '../follow-config.ts';
import { createLog, type Log, type LogFormat } from '../logger.ts';
import type { Failure, Output } from '../output.ts';
import { withProgress } from '../progress.ts';
import { createReloader } from '../reload.ts';
import { announce, report, tellCode } from '../serve-report.ts';
import { configFile, loadChanged, loadOrFail, type CommonOptions } from '../session.ts';
import { openDoor, type Door } from '../stdio/door.ts';
import { createStop } from '../stop.ts';

export interface ServeOptions extends CommonOptions {
  readonly log?: LogFormat;
  readonly logLevel?: LogLevel;
  /** Instead of `server.listen`: `127.0.0.1:8081`; port 0 is any that is free. */
  readonly listen?: string;
  /** Seconds that calls under way get when the gateway is stopped. */
  readonly grace?: number;
}

const GRACE_SECONDS = 10;

/** Exit 0 after SIGTERM or SIGINT, 1 for a configuration that cannot be used, 5 when it cannot bind. */
export async function runServe(out: Output, options: ServeOptions): Promise<ExitCode> {
  const loaded = await loadOrFail(out, options, options.listen);
  if (typeof loaded === 'number') return loaded;
  const { value: config, directory } = loaded;
  const { stderr, version, env } = out.surroundings;
  const log = createLog(stderr, options.log ?? 'pretty', options.logLevel ?? 'info', systemClock);
  const stop = createStop();
  const gateway = await createGateway({
    config,
    directory,
    configFile: resolve(configFile(out, options)),
    clock: systemClock,
    log,
    version,
    valkeyUrl: env['VALKEY_URL'],
    proxies: readProxies(env),
  });
  let isClosed = false;
  try {
    const address = await bind(gateway, config);
    if ('code' in address) return out.fail(address);
    const door = await doorOf(resolve(directory, config.server.stateDir), address.url, log);
    try {
      await run(out, gateway, { config, url: address.url, options, log, stopped: stop.first });
    } finally {
      door?.close();
    }
    const graceSeconds = options.grace ?? GRACE_SECONDS;
    log('info', 'stopping', { graceSeconds });
    isClosed = true;
    await Promise.race([gateway.close(graceSeconds * 1000), stop.second]);
    return EXIT.ok;
  } finally {
    if (!isClosed) await gateway.close(0);
    stop.release();
  }
}

/** Lets `drawbridge stdio` find this gateway; without it that runs one of its own. */
async function doorOf(stateDir: string, url: string, log: Log): Promise<Door | undefined> {
  try {
    return await openDoor(stateDir, url);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    log('warn', 'drawbridge stdio will not find this gateway', { why });
    return undefined;
  }
}

interface Running {
  readonly config: Config;
  readonly url: string;
  readonly options: ServeOptions;
  readonly log: Log;
  readonly stopped: Promise<void>;
}

/** Reports what is there and follows the file until the first signal. */
async function run(out: Output, gateway: Gateway, running: Running): Promise<void> {
  const { config, url, options, log, stopped } = running;
  announce(out, config, url);
  tellCode(out, await gateway.administratorCode(), url);
  const reloader = createReloader({
    out,
    gateway,
    log,
    config,
    load: () => loadChanged(out, options, options.listen),
  });
  const { env } = out.surroundings;
  const watch = followConfig(configFile(out, options), env, reloader.reload, systemClock);
  process.on('SIGHUP', reloader.reload);
  try {
    const count = Object.keys(config.upstreams).length;
    const ready = gateway.ready().then(() => true);
    const what = `Connecting to ${count === 1 ? 'the upstream' : `${count} upstreams`}`;
    const isReady = await withProgress(out, systemClock, what, Promise.race([ready, stopped]));
    if (isReady === true) report(out, gateway, config, url);
    await stopped;
  } finally {
    process.off('SIGHUP', reloader.reload);
    await watch.close();
  }
}

async function bind(gateway: Gateway, config: Config): Promise<{ readonly url: string } | Failure> {
  try {
    return await gateway.listen();
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const failure = { exit: EXIT.bind, code: 'cannot_listen' } as const;
    const { listen } = config.server;
    switch (code) {
      case 'EADDRINUSE':
        return {
          ...failure,
          message: `${listen} is in use by another process`,
          hint: 'stop that process (it may be another drawbridge), or choose another port in server.listen, or with --listen',
        };
      case 'EACCES':
        return {
          ...failure,
          message: `this user may not listen on ${listen}`,
          hint: 'choose a port of 1024 or above in server.listen',
        };
      case 'EADDRNOTAVAIL':
      case 'ENOTFOUND':
        return {
          ...failure,
          message: `this machine has no address ${listen}`,
          hint: 'write 127.0.0.1:<port> in server.listen',
        };
      default:
        throw error;
    }
  }
}
