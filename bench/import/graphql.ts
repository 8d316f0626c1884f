/**
 * Judges the tools of GraphQL schemas: every field of the roots has to be one, whose request fits the
 * schema as graphql-js alone reads it, document and variables.
 */
import { closeSync, openSync, readFileSync, readdirSync, readSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { loadOfflineGraphQl } from '../../gateway/src/upstreams/index.ts';
import { readReference, type Reference } from './graphql-schema.ts';
import { countTokens, type JudgedTool } from './judge.ts';
import { quantile } from './table.ts';

const NAME = /^[a-zA-Z0-9_-]{1,64}$/;
const HEAD_BYTES = 65_536;
/** Operations of one schema whose calls are timed, and how. */
const MAX_TIMED = 25;
const WARM_CALLS = 200;
const TIMED_CALLS = 1000;

/** What became of one schema. */
interface Judged {
  readonly file: string;
  /** Why it is no schema; '' where it is one. */
  readonly error: string;
  readonly operations: number;
  readonly usable: number;
  readonly faults: readonly string[];
  readonly tokens: number;
  readonly skipped: number;
  readonly ms: number;
  /** Calls without the way there and back, one for each operation that was tried. */
  readonly calls: readonly Timed[];
}

interface Timed {
  /** CPU of one call of many, µs. */
  readonly us: number;
  /** Of request and answer, bytes. */
  readonly bytes: number;
}

/** Whether a file holds a schema: SDL by its name, an introspection by what stands in it. */
export function isGraphQl(path: string): boolean {
  if (/\.(?:graphqls?|gql)$/i.test(path)) return true;
  if (!/\.json$/i.test(path)) return false;
  const head = Buffer.alloc(HEAD_BYTES);
  const file = openSync(path, 'r');
  try {
    const length = readSync(file, head);
    return head.toString('latin1', 0, length).includes('"__schema"');
  } finally {
    closeSync(file);
  }
}

/** Judges all schemas of a folder and prints the figures; a miss makes the process end with 1. */
export async function judgeGraphQl(folder: string, say: (text: string) => void): Promise<boolean> {
  const files = schemasIn(folder);
  if (files.length === 0) return false;
  const open = await loadOfflineGraphQl();
  const all = files.map((file) => judge(file, open));
  const sum = (read: (one: Judged) => number): number =>
    all.reduce((total, one) => total + read(one), 0);
  const read = all.filter(({ error }) => error === '').length;
  say(`GraphQL: ${files.length} schemas, ${read} read`);
  for (const one of all) say(`  ${lineOf(one)}`);
  const operations = sum((one) => one.operations);
  const usable = sum((one) => one.usable);
  say(`  operations ${operations}, usable ${usable}; left out ${sum((one) => one.skipped)}`);
  const calls = all.flatMap((one) => one.calls);
  const [us, bytes] = (['us', 'bytes'] as const).map((key) =>
    [0.5, 0.95, 1].map((share) =>
      quantile(
        calls.map((one) => one[key]),
        share,
      ),
    ),
  );
  const shown = (us ?? []).map((one) => one.toFixed(1)).join('/');
  say(`  a call without I/O, CPU µs p50/p95/max: ${shown}`);
  say(`  bytes of its request and answer, p50/p95/max: ${(bytes ?? []).join('/')}`);
  if (read < files.length || usable < operations) process.exitCode = 1;
  return true;
}

function schemasIn(folder: string): string[] {
  if (statSync(folder).isFile()) return isGraphQl(folder) ? [folder] : [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return schemasIn(path);
      return isGraphQl(path) ? [path] : [];
    })
    .toSorted();
}

type Open = Awaited<ReturnType<typeof loadOfflineGraphQl>>;
type OfflineCall = Exclude<ReturnType<Exclude<ReturnType<Open>, string>['callOf']>, string>;

function judge(file: string, open: Open): Judged {
  const start = performance.now();
  const none = { file, operations: 0, usable: 0, faults: [], tokens: 0, skipped: 0, calls: [] };
  const bytes = readFileSync(file);
  const api = open(bytes);
  if (typeof api === 'string') return { ...none, error: api, ms: performance.now() - start };
  const reference = readReference(bytes);
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  const tools: JudgedTool[] = [];
  const calls: Timed[] = [];
  const every = Math.max(1, Math.ceil(api.operations.length / MAX_TIMED));
  // What the gateway leaves out of a schema that is not whole is missed as much as what it gets wrong.
  const faults: string[] = typeof reference === 'string' ? [...api.repairs] : [];
  const known = new Set(api.operations.map(({ key }) => key));
  const expected = typeof reference === 'string' ? [...known] : reference.expected;
  for (const key of expected) if (!known.has(key)) faults.push(`${key}: it is no tool`);
  for (const [at, operation] of api.operations.entries()) {
    if (at % every === 0) calls.push(costOf(api.callOf(operation)));
    const tool = api.toolOf(operation);
    const fault =
      typeof tool === 'string'
        ? tool
        : toolFault(tool, ajv) || requestFault(api.requestOf(operation), reference);
    if (fault !== '') faults.push(`${operation.key}: ${fault}`);
    if (typeof tool !== 'string') tools.push(judged(tool));
  }
  return {
    file,
    error: '',
    operations: Math.max(expected.length, known.size),
    usable: Math.max(0, Math.max(expected.length, known.size) - faults.length),
    faults,
    tokens: countTokens(tools),
    skipped: api.skipped.length,
    calls,
    ms: performance.now() - start,
  };
}

function requestFault(body: Buffer | string, reference: Reference | string): string {
  if (typeof body === 'string') return body;
  // Judged by what is left out only: there is no schema to hold it to.
  return typeof reference === 'string' ? '' : reference.faultOf(body);
}

function costOf(call: OfflineCall | string): Timed {
  if (typeof call === 'string') return { us: Number.NaN, bytes: Number.NaN };
  for (let warm = 0; warm < WARM_CALLS; warm++) call.run();
  const start = process.cpuUsage();
  for (let times = 0; times < TIMED_CALLS; times++) call.run();
  const { user, system } = process.cpuUsage(start);
  return { us: (user + system) / TIMED_CALLS, bytes: call.sentBytes + call.answerBytes };
}

function judged(tool: object): JudgedTool {
  const { name, description, inputSchema } = { ...tool } as Record<string, never>;
  return {
    name: name ?? '',
    description: description ?? '',
    inputSchema: inputSchema ?? {},
    _m: '',
    _p: '',
  };
}

function toolFault(tool: object, ajv: Ajv2020): string {
  const { name, inputSchema } = judged(tool);
  if (!NAME.test(name)) return 'its name does not fit';
  if (inputSchema?.['type'] !== 'object') return 'the root of its schema is no object';
  try {
    ajv.compile(inputSchema);
    return '';
  } catch (error) {
    return String(error).slice(0, 120);
  }
}

function lineOf(one: Judged): string {
  const name = basename(one.file);
  if (one.error !== '') return `${name}: not read: ${one.error}`;
  const figures = `${one.usable} of ${one.operations} usable, ${one.tokens} tokens, ${one.ms.toFixed(0)} ms`;
  const faults = one.faults.slice(0, 3).map((fault) => `\n    ${fault}`);
  return `${name}: ${figures}${faults.join('')}`;
}
