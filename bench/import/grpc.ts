/** Judges the tools of gRPC services: what arguments are encoded to must be what protoc reads. */
import { spawnSync } from 'node:child_process';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { JsonObject } from '../../gateway/src/kernel/index.ts';
import { loadOfflineGrpc } from '../../gateway/src/upstreams/index.ts';
import { createArguments } from './grpc-arguments.ts';

interface Judged {
  readonly methods: number;
  readonly usable: number;
  readonly faults: readonly string[];
  readonly skipped: number;
  readonly ms: number;
}

const MAX_TOLD = 5;

/** Whether a file is a descriptor set, by its name. */
export function isDescriptorSet(path: string): boolean {
  return /\.(?:protoset|pb|desc|binpb)$/i.test(path);
}

/** Judges all descriptor sets of a folder and prints the figures; a miss ends the process with 1. */
export async function judgeGrpc(folder: string, say: (text: string) => void): Promise<boolean> {
  const files = setsIn(folder);
  if (files.length === 0) return false;
  const open = await loadOfflineGrpc();
  let methods = 0;
  let usable = 0;
  say(`gRPC: ${files.length} descriptor sets, checked by ${version()}`);
  for (const file of files) {
    const judged = await judge(file, open);
    methods += judged.methods;
    usable += judged.usable;
    const { skipped, ms, faults } = judged;
    say(
      `  ${basename(file)}: ${judged.usable} of ${judged.methods} methods agree, ${skipped} left out, ${ms.toFixed(0)} ms`,
    );
    for (const fault of faults.slice(0, MAX_TOLD)) say(`    ${fault}`);
  }
  say(`  methods ${methods}, usable ${usable}`);
  if (usable < methods) process.exitCode = 1;
  return true;
}

function version(): string {
  const { stdout, error } = spawnSync('protoc', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw new Error('protoc is needed: apt install protobuf-compiler');
  return stdout.trim();
}

function setsIn(folder: string): string[] {
  if (statSync(folder).isFile()) return isDescriptorSet(folder) ? [folder] : [];
  return readdirSync(folder, { withFileTypes: true })
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) return setsIn(path);
      return isDescriptorSet(path) ? [path] : [];
    })
    .toSorted();
}

type Open = Awaited<ReturnType<typeof loadOfflineGrpc>>;

async function judge(file: string, open: Open): Promise<Judged> {
  const start = performance.now();
  const none = { methods: 0, usable: 0, skipped: 0 };
  const opened = await open(file);
  const ms = performance.now() - start;
  if (typeof opened === 'string') {
    // A set of messages alone has nothing to call.
    const methods = opened.startsWith('it describes no service') ? 0 : 1;
    return { ...none, methods, faults: [opened], ms };
  }
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  const faults: string[] = [];
  const known = new Map<string, string>();
  for (const key of opened.keys) {
    const method = opened.methodOf(key);
    if (typeof method === 'string') {
      faults.push(`${key}: ${method}`);
      continue;
    }
    const same = `${method.kind} ${method.input}`;
    const fault = known.get(same) ?? faultOf(file, method, ajv);
    known.set(same, fault);
    if (fault !== '') faults.push(`${key}: ${fault}`);
  }
  const methods = opened.keys.length;
  return { methods, usable: methods - faults.length, faults, skipped: opened.skipped, ms };
}

type Method = Exclude<ReturnType<Exclude<Awaited<ReturnType<Open>>, string>['methodOf']>, string>;

function faultOf(file: string, { plan, codec, input }: Method, ajv: Ajv2020): string {
  const { values, leaves } = createArguments(plan.input);
  const check = ajv.compile(plan.input);
  if (!check(JSON.parse(JSON.stringify(values)))) {
    return `its arguments do not pass: ${ajv.errorsText(check.errors).slice(0, 200)}`;
  }
  const messages = codec.encode(values as JsonObject);
  if ('kind' in messages) return `cannot be sent: ${messages.argument} ${messages.text}`;
  let said = '';
  for (const message of messages) {
    const args = [`--descriptor_set_in=${file}`, `--decode=${input}`];
    const read = spawnSync('protoc', args, { input: message, encoding: 'utf8' });
    if (read.status !== 0) return `protoc: ${read.stderr.trim().slice(0, 200)}`;
    said += read.stdout;
  }
  if (/^\s*\d+[:{ ]/m.test(said)) return 'protoc does not know a field of the message';
  const missing = leaves.filter((leaf) => !said.includes(leaf));
  return missing.length === 0 ? '' : `protoc does not read ${missing.slice(0, 5).join(', ')}`;
}
