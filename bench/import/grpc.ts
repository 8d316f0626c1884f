/** Judges the tools of gRPC services: every method has one, and protoc reads its messages as meant. */
import { readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { loadOfflineGrpc } from '../../gateway/src/upstreams/index.ts';
import { judgeMethods, type Verdict } from './grpc/judge.ts';
import { compile, methodsIn, readSet, version, type Compiled } from './grpc/protoc.ts';
import {
  filesIn,
  isDescriptorSet,
  nameUnder,
  protoSourcesIn,
  rootsOf,
  type ProtoSource,
} from './grpc/sources.ts';

interface Judged extends Verdict {
  readonly ms: number;
  /** What is to be said beside the figures. */
  readonly notes: readonly string[];
}

const MAX_TOLD = 5;

type Open = Awaited<ReturnType<typeof loadOfflineGrpc>>;

/**
 * Judges all descriptor sets and `.proto` files of a folder and prints the figures; a miss ends the
 * process with 1. @returns whether there was anything to judge
 */
export async function judgeGrpc(folder: string, say: (text: string) => void): Promise<boolean> {
  const sets = filesIn(folder, isDescriptorSet);
  const texts = protoSourcesIn(folder);
  if (sets.length + texts.length === 0) return false;
  const open = await loadOfflineGrpc();
  say(`gRPC: ${sets.length} descriptor sets, ${texts.length} of .proto, read by ${version()}`);
  const all: Judged[] = [];
  const judge = async (path: string, told: string, judging: () => Promise<Judged>) => {
    const judged = await judging();
    all.push(judged);
    tell(relative(folder, path) || path, told, judged, say);
  };
  for (const path of sets) await judge(path, '', () => judgeSet(path, open));
  for (const source of texts) {
    await judge(source.path, `, ${source.files.length} files`, () => judgeText(source, open));
  }
  const sum = (read: (one: Judged) => number): number =>
    all.reduce((total, one) => total + read(one), 0);
  const [methods, usable] = [sum((one) => one.methods), sum((one) => one.usable)];
  say(
    `  methods ${methods}, usable ${usable}, messages that protoc read ${sum((one) => one.messages)}`,
  );
  say(
    `  that stream both ways, without a tool unless it is asked for: ${sum((one) => one.leftOut)}`,
  );
  if (usable < methods || all.some(({ faults }) => faults.length > 0)) process.exitCode = 1;
  return true;
}

function tell(file: string, told: string, judged: Judged, say: (text: string) => void): void {
  const { methods, usable, leftOut, ms, faults, notes } = judged;
  const more = leftOut === 0 ? '' : `, ${leftOut} both ways`;
  say(`  ${file}: ${usable} of ${methods} methods agree${more}${told}, ${ms.toFixed(0)} ms`);
  for (const line of [...faults.slice(0, MAX_TOLD), ...notes]) say(`    ${line.slice(0, 300)}`);
  if (faults.length > MAX_TOLD) say(`    and ${faults.length - MAX_TOLD} more`);
}

async function judgeSet(path: string, open: Open): Promise<Judged> {
  return await judged(path, { files: readSet(readFileSync(path)), refused: [] }, open);
}

async function judgeText(source: ProtoSource, open: Open): Promise<Judged> {
  const roots = rootsOf(source);
  const names = source.files.map((file) => nameUnder(file, roots));
  return await judged(source.path, compile([...new Set(names)], roots), open);
}

async function judged(path: string, { files, refused }: Compiled, open: Open): Promise<Judged> {
  const start = performance.now();
  // Imports are looked for where they are, so nobody has to say where they begin.
  const opened = await open(path);
  const ms = performance.now() - start;
  if (typeof opened === 'string') {
    const methods = methodsIn(files).length;
    const faults = methods === 0 ? [] : [opened];
    return { methods, usable: 0, messages: 0, leftOut: 0, faults, notes: [opened, ...refused], ms };
  }
  const verdict = judgeMethods(opened, files);
  const known = new Set(methodsIn(files).map(({ place }) => `grpc:${place}`));
  // What protoc refuses cannot be judged, which counts as a miss.
  const unjudged = opened.keys.filter((key) => !known.has(key));
  const faults = unjudged.map((key) => `${key}: protoc does not take its file`);
  return {
    ...verdict,
    methods: verdict.methods + unjudged.length,
    faults: [...verdict.faults, ...faults],
    notes: [...refused.slice(0, MAX_TOLD), ...opened.repairs.slice(0, MAX_TOLD)],
    ms,
  };
}
