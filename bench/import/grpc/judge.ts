/** Judges the tools of one description: what arguments are encoded to must be what protoc reads. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { loadOfflineGrpc } from '../../../gateway/src/upstreams/index.ts';
import { createArguments, type Choice } from './arguments.ts';
import { decodeAll, methodsIn, type Asked } from './protoc.ts';

type Open = Awaited<ReturnType<typeof loadOfflineGrpc>>;
export type Opened = Exclude<Awaited<ReturnType<Open>>, string>;
type Method = Exclude<ReturnType<Opened['methodOf']>, string>;

export interface Verdict {
  /** Unary, server-streaming and client-streaming methods that are described. */
  readonly methods: number;
  readonly usable: number;
  readonly messages: number;
  /** Methods that stream both ways. */
  readonly leftOut: number;
  readonly faults: readonly string[];
}

/** One message of a method, and what must be read of it. */
interface Made {
  readonly key: string;
  readonly asked: Asked;
  readonly leaves: readonly string[];
}

/** Of each oneof the first member, then the last. */
const CHOICES: readonly Choice[] = ['first', 'last'];

/** @param files what protoc, or whoever made the set, describes */
export function judgeMethods(opened: Opened, files: readonly FileDescriptorProto[]): Verdict {
  const described = methodsIn(files);
  const wanted = described.filter(({ isBidirectional }) => !isBidirectional);
  const keys = new Set(opened.keys);
  const faults = new Map<string, string>();
  const made: Made[] = [];
  for (const { place } of wanted) {
    const key = `grpc:${place}`;
    const method = keys.has(key) ? opened.methodOf(key) : 'there is no tool for it';
    const messages = typeof method === 'string' ? method : messagesOf(key, method);
    if (typeof messages === 'string') faults.set(key, messages);
    else made.push(...messages);
  }
  for (const [key, fault] of unread(made, files)) faults.set(key, fault);
  return {
    methods: wanted.length,
    usable: wanted.length - faults.size,
    messages: made.length,
    leftOut: described.length - wanted.length,
    faults: [...faults].map(([key, fault]) => `${key}: ${fault}`),
  };
}

function messagesOf(key: string, { plan, codec, input }: Method): Made[] | string {
  const ajv = new Ajv2020({ strict: false, logger: false, validateFormats: false });
  const check = ajv.compile(plan.input);
  const all: Made[] = [];
  for (const choice of CHOICES) {
    const { values, leaves } = createArguments(plan.input, choice);
    if (!check(JSON.parse(JSON.stringify(values)))) {
      return `its arguments do not pass: ${ajv.errorsText(check.errors).slice(0, 200)}`;
    }
    const messages = codec.encode(values);
    if ('kind' in messages) return `cannot be sent: ${messages.argument} ${messages.text}`;
    const [bytes] = messages;
    if (messages.length !== 1 || bytes === undefined) return 'not one message is sent';
    all.push({ key, asked: { type: input, bytes }, leaves });
  }
  return all;
}

/** Methods with a message that protoc does not read, or not as it was meant. */
function unread(made: readonly Made[], files: readonly FileDescriptorProto[]) {
  const faults = new Map<string, string>();
  const all = decodeAll(
    files,
    made.map(({ asked }) => asked),
  );
  made.forEach((one, at) => {
    // One that cannot be read takes all with it, so each is asked for alone then.
    const alone = typeof all === 'string' ? decodeAll(files, [one.asked]) : undefined;
    const said = typeof alone === 'string' ? alone : (alone?.[0] ?? all[at] ?? '');
    const fault = typeof alone === 'string' ? `protoc: ${alone}` : faultIn(said, one.leaves);
    if (fault !== '') faults.set(one.key, fault);
  });
  return faults;
}

function faultIn(said: string, leaves: readonly string[]): string {
  if (/^\s*\d+[:{ ]/m.test(said)) return 'protoc does not know a field of the message';
  const missing = leaves.filter((leaf) => !said.includes(leaf));
  return missing.length === 0 ? '' : `protoc does not read ${missing.slice(0, 5).join(', ')}`;
}
