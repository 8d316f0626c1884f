/** What most commands begin with: the configuration, and a gateway in this process. */
import {
  checkConfig,
  configSchema,
  createGateway,
  type Config,
  type Gateway,
} from '../compose/index.ts';
import { loadConfig, readBounded, whileStill, type Loaded } from '../config/index.ts';
import { readProxies } from '../egress/index.ts';
import { systemClock } from '../kernel/index.ts';
import { configFile, type CommonOptions } from './config-file.ts';
import { EXIT, type ExitCode } from './exit-codes.ts';
import { createLog, type Log } from './logger.ts';
import type { Output } from './output.ts';
import { withProgress } from './progress.ts';
import { findSecrets, readSecrets } from './secret-source.ts';

export { configFile, type CommonOptions } from './config-file.ts';

/** How long a command waits for calls of its own that are still under way when it is done. */
const CLOSE_MS = 500;

/**
 * Loads the configuration; nothing is printed.
 * @param listen used instead of `server.listen`, and held to the same rules
 */
export async function load(
  out: Output,
  options: CommonOptions,
  listen?: string,
): Promise<Loaded<Config>> {
  const file = configFile(out, options);
  const { env } = out.surroundings;
  return loadConfig({
    file,
    schema: listen === undefined ? configSchema : configSchema.transform(listeningOn(listen)),
    env,
    readFile: readBounded,
    secret: await readSecrets(findSecrets(file, env)),
    check: checkConfig,
  });
}

/** Loads a configuration file that changed, once nobody writes it any more. */
export function loadChanged(
  out: Output,
  options: CommonOptions,
  listen?: string,
): Promise<Loaded<Config>> {
  return whileStill(configFile(out, options), () => load(out, options, listen), systemClock);
}

function listeningOn(listen: string): (config: Config) => Config {
  return (config) => ({ ...config, server: { ...config.server, listen } });
}

/** Loads the configuration as `load` does, or says what is wrong with it. */
export async function loadOrFail(
  out: Output,
  options: CommonOptions,
  listen?: string,
): Promise<Extract<Loaded<Config>, { ok: true }> | ExitCode> {
  const loaded = await load(out, options, listen);
  if (loaded.ok) {
    out.problems(loaded.warnings, loaded.text, 'warning');
    return loaded;
  }
  return failOnProblems(out, loaded);
}

/** Reports a configuration that cannot be used. @returns the exit code */
export function failOnProblems(
  out: Output,
  loaded: Extract<Loaded<Config>, { ok: false }>,
): ExitCode {
  const { problems, text } = loaded;
  out.problems(problems, text, 'error');
  const message = `the configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}`;
  if (out.json) out.result({ ok: false, error: { code: 'config_invalid', message }, problems });
  return EXIT.problem;
}

/**
 * Runs `work` with a gateway that does not listen: its first lists are in, or their deadlines have
 * passed. It is closed again whatever happens.
 */
export async function withGateway(
  out: Output,
  config: Config,
  directory: string,
  options: CommonOptions,
  work: (gateway: Gateway) => Promise<ExitCode>,
): Promise<ExitCode> {
  const gateway = await createGateway({
    config,
    directory,
    version: out.surroundings.version,
    clock: systemClock,
    log: commandLog(out, options),
    proxies: readProxies(out.surroundings.env),
  });
  try {
    const count = Object.keys(config.upstreams).length;
    const what = `Connecting to ${count === 1 ? 'the upstream' : `${count} upstreams`}`;
    await withProgress(out, systemClock, what, gateway.ready());
    return await work(withKeyOf(out, gateway));
  } finally {
    await gateway.close(CLOSE_MS);
  }
}

/** Asks with the caller's key where there is one; otherwise as the local principal. */
function withKeyOf(out: Output, gateway: Gateway): Gateway {
  const key = out.surroundings.env['DRAWBRIDGE_KEY'] ?? '';
  if (key === '') return gateway;
  const authorization = `Bearer ${key}`;
  return {
    ...gateway,
    request: (message, { endpoint, headers }) =>
      gateway.request(message, { endpoint, headers: { ...headers, authorization } }),
  };
}

/** Commands report failures themselves; the log is for those who ask for it. */
function commandLog(out: Output, { verbose }: CommonOptions): Log {
  const least = verbose === true ? 'debug' : 'error';
  return createLog(out.surroundings.stderr, 'pretty', least, systemClock);
}
