/** `drawbridge stdio`: an MCP server on standard input and output, for clients that start one. */
import { DEFAULT_ENDPOINT, ENDPOINT_NAME, systemClock } from '../../kernel/index.ts';
import { methodTable } from '../../pipeline/index.ts';
import { configFile, type CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { createLog, type Log } from '../logger.ts';
import { Output } from '../output.ts';
import { createAttachedReach } from '../stdio/attached.ts';
import { Bridge } from '../stdio/bridge.ts';
import { findGateway } from '../stdio/find-gateway.ts';
import { LineReader } from '../stdio/line-reader.ts';
import { LineWriter } from '../stdio/line-writer.ts';
import { lookAround, type Bearings } from '../stdio/look-around.ts';
import type { Reach } from '../stdio/peer.ts';
import { createStop } from '../stop.ts';

export interface StdioOptions extends CommonOptions {
  readonly endpoint?: string;
}

/** From the end of the input to the end of the process. */
const END_WITHIN_MS = 1700;
const DEFAULT_BODY_BYTES = 4 * 1024 * 1024;

/**
 * Serves until the input ends or a signal comes. Standard output carries protocol messages and
 * nothing else. Exit 0 then, 1 for a configuration that cannot be used.
 */
export async function runStdio(outer: Output, options: StdioOptions): Promise<ExitCode> {
  const { surroundings } = outer;
  const { env, stderr } = surroundings;
  const out = new Output({ ...surroundings, stdout: stderr }, false);
  const log = createLog(stderr, 'pretty', options.verbose === true ? 'debug' : 'info', systemClock);
  const endpoint = options.endpoint ?? DEFAULT_ENDPOINT;
  if (!ENDPOINT_NAME.test(endpoint)) {
    const message = `"${endpoint}" cannot be the name of an endpoint`;
    return out.fail({ exit: EXIT.usage, code: 'usage', message });
  }
  const bearings = lookAround(configFile(out, options), env);
  const stop = createStop();
  const writer = new LineWriter(process.stdout, () => {
    log('error', 'the client has stopped reading');
    process.exit(EXIT.problem);
  });
  const key = env['DRAWBRIDGE_KEY'] ?? '';
  const headers: Record<string, string> = key === '' ? {} : { authorization: `Bearer ${key}` };
  const start = { out, options, endpoint, headers, writer, log };
  const reach = await reachGateway(start, bearings);
  if (typeof reach === 'number') return reach;
  const bridge = new Bridge({
    reach,
    log,
    clock: systemClock,
    methods: methodTable(),
    write: (text) => writer.write(text),
  });
  await Promise.race([readLines(bridge, bearings?.maxBodyBytes ?? DEFAULT_BODY_BYTES), stop.first]);
  const late = new Promise<void>((resolve) => systemClock.after(END_WITHIN_MS, resolve));
  await Promise.race([bridge.end(), late, stop.second]);
  return EXIT.ok;
}

interface Start {
  readonly out: Output;
  readonly options: StdioOptions;
  readonly endpoint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly writer: LineWriter;
  readonly log: Log;
}

/** The running gateway of this configuration, else one in this process. */
async function reachGateway(
  start: Start,
  bearings: Bearings | undefined,
): Promise<Reach | ExitCode> {
  const { out, options, endpoint, log } = start;
  if (bearings !== undefined) {
    const { stateDir } = bearings;
    const found = await findGateway(stateDir, systemClock).catch(() => undefined);
    if (typeof found === 'string') log('warn', 'a running gateway is not used', { why: found });
    else if (found !== undefined) {
      return createAttachedReach({ ...start, stateDir, clock: systemClock }, found);
    }
  }
  // What a gateway needs is loaded only where none runs.
  const { loadOrFail } = await import('../session.ts');
  const { unknownEndpoint } = await import('../endpoint-option.ts');
  const { createLocalReach } = await import('../stdio/in-this-process.ts');
  const loaded = await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const unknown = unknownEndpoint(out, loaded.value, endpoint);
  if (unknown !== undefined) return unknown;
  log('info', 'no gateway is running; this process is one');
  return createLocalReach(start, loaded.value, loaded.directory);
}

/** Resolves when the input has ended. */
function readLines(bridge: Bridge, maxBytes: number): Promise<void> {
  const { stdin } = process;
  const lines = new LineReader(
    maxBytes,
    (line) => bridge.line(line),
    () => bridge.tooLong(maxBytes),
  );
  return new Promise((resolve) => {
    const done = (): void => {
      lines.end();
      resolve();
    };
    stdin.on('data', (chunk: Buffer) => lines.push(chunk));
    stdin.once('end', done);
    stdin.once('error', () => resolve());
  });
}
