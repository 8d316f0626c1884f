import { resolve } from 'node:path';
import { parseArgs } from 'node:util';

/** What the command line asked for. */
export interface Options {
  readonly command: 'hop' | 'governed';
  /** Slices of every target in one run. */
  readonly slices: number;
  readonly sliceMs: number;
  readonly runs: number;
  /** Calls to every target before the first slice. */
  readonly warmup: number;
  readonly connections: number;
  /** The largest allowed ratio to nginx; absent when the command only reports. */
  readonly budget: number | undefined;
  /** Governed calls carry an API key, under 100 rules and limits, among 1,000 tools. */
  readonly access: boolean;
  readonly latency: boolean;
  readonly json: boolean;
  /** Another build of the gateway to measure instead of this checkout's sources. */
  readonly entry: string | undefined;
}

/** What `--help` prints. */
export const USAGE = `usage: npm run bench -- <command> [options]

commands
  hop        nginx and a bare Node proxy: what one hop costs on this machine
  governed   the gateway as well; fails above the budget
  grpc       what calls of a gRPC server cost in process; it has options of its own
  soap       what calls of a SOAP service cost in process; it has options of its own
  sql        what calls of a query cost in process; it has options of its own
  memory     what parked calls and idle sessions cost; it has options of its own

options
  --slices N       slices of every target in one run (40)
  --slice-ms N     length of a slice (400)
  --runs N         whole runs, each with fresh processes (3)
  --warmup N       calls to every target before the first slice (20000)
  --connections N  connections of the closed loop (32)
  --budget X       largest ratio to nginx, lower quartiles (governed: 3.8)
  --access         governed: with an API key, 100 rules, 1,000 tools and limits; no budget but --budget
  --latency        also an open loop at 500 and 2,000 calls per second
  --entry FILE     governed: main file of another build of the gateway
  --json           the report as JSON on stdout, the tables on stderr`;

/** Reads the arguments after the script's name. Throws with a sentence for the user. */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      slices: { type: 'string', default: '40' },
      'slice-ms': { type: 'string', default: '400' },
      runs: { type: 'string', default: '3' },
      warmup: { type: 'string', default: '20000' },
      connections: { type: 'string', default: '32' },
      budget: { type: 'string' },
      access: { type: 'boolean', default: false },
      latency: { type: 'boolean', default: false },
      entry: { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const [command, ...rest] = positionals;
  if ((command !== 'hop' && command !== 'governed') || rest.length > 0) {
    throw new Error(`name one command, "hop", "governed" or "memory"\n\n${USAGE}`);
  }
  if (command === 'hop' && values.budget !== undefined) {
    throw new Error('--budget is for "governed": "hop" only reports');
  }
  if (command === 'hop' && values.access) throw new Error('--access is for "governed"');
  const budget = values.budget ?? (values.access ? undefined : '3.8');
  return {
    command,
    slices: whole('slices', values.slices, 1, 1000),
    sliceMs: whole('slice-ms', values['slice-ms'], 50, 5000),
    runs: whole('runs', values.runs, 1, 20),
    warmup: whole('warmup', values.warmup, 1, 1_000_000),
    connections: whole('connections', values.connections, 1, 256),
    budget: command === 'governed' && budget !== undefined ? ratio(budget) : undefined,
    access: values.access,
    latency: values.latency,
    json: values.json,
    entry: values.entry === undefined ? undefined : resolve(values.entry),
  };
}

function whole(name: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= min && value <= max) return value;
  throw new Error(`--${name} takes a whole number from ${min} to ${max}, not "${text}"`);
}

function ratio(text: string): number {
  const value = Number(text);
  if (Number.isFinite(value) && value > 0) return value;
  throw new Error(`--budget takes a positive number such as 3.8, not "${text}"`);
}
