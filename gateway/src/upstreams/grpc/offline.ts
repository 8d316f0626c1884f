/** Descriptors with nothing behind them: what their tools take, and what calls would send. For measuring. */
import { statSync } from 'node:fs';
import type { DescMethod } from '@bufbuild/protobuf';
import { systemClock, type Json, type JsonObject } from '../../kernel/index.ts';
import { createSecretFilter } from '../api/http/reply/secret-filter.ts';
import type { OperationPlan } from '../api/model.ts';
import { createCodec, type Codec } from './call/codec.ts';
import { FrameReader, frameOf } from './call/frames.ts';
import { grpcConfig } from './config-schema.ts';
import { describeServer, type Described } from './import/described.ts';
import { readSources } from './source/files.ts';

export interface OfflineMethod {
  readonly plan: OperationPlan;
  readonly codec: Codec;
  /** Full names of the messages that a call sends and gets. */
  readonly input: string;
  readonly output: string;
  readonly kind: DescMethod['methodKind'];
  /**
   * A whole call without its way: what is sent, framed, and what an answer is read as, cleaned of
   * credentials. @param answer frames as they come, in one piece
   * @throws where the arguments cannot be sent, or the answer is none
   */
  rehearse(values: JsonObject, answer: Buffer): Promise<Rehearsed>;
}

export interface Rehearsed {
  readonly sent: readonly Buffer[];
  readonly answered: readonly Json[];
}

export interface OfflineGrpc {
  readonly keys: readonly string[];
  /** Methods that are no tools. */
  readonly skipped: readonly string[];
  /** What was left out of the description, and why. */
  readonly repairs: readonly string[];
  /** @returns words where the method is not usable */
  methodOf(key: string): OfflineMethod | string;
}

/** An entry that says nothing but what describes the server. */
const PLAIN = './server.proto';

/**
 * @param path of a descriptor set, a `.proto` file or a folder of these
 * @returns words where it cannot be used
 */
export async function openGrpc(
  path: string,
  includes: readonly string[] = [],
): Promise<OfflineGrpc | string> {
  const isText = /\.proto$/i.test(path) || statSync(path).isDirectory();
  const read = await readSources({
    protos: isText ? [path] : [],
    includes,
    descriptors: isText ? [] : [path],
    directory: process.cwd(),
    clock: systemClock,
  });
  if ('text' in read) return read.text;
  const described = describeServer(
    { ...read, services: undefined, skipped: [] },
    grpcConfig(PLAIN),
    new Map(),
  );
  if (typeof described === 'string') return described;
  const { index } = described;
  return {
    keys: index.operations.map(({ key }) => key),
    skipped: index.skipped.map(({ what }) => what),
    repairs: index.repairs.map(({ what }) => what),
    methodOf: (key) => methodOf(described, key),
  };
}

function methodOf(described: Described, key: string): OfflineMethod | string {
  const method = described.method(key);
  const plan = described.plan(key);
  if (typeof plan === 'string') return plan;
  if (method === undefined) return `There is no method ${key}.`;
  const codec = createCodec(method, described.registry);
  return {
    plan,
    codec,
    rehearse: rehearsing(codec),
    input: method.input.typeName,
    output: method.output.typeName,
    kind: method.methodKind,
  };
}

const SECRET = 'a-token-of-the-operator';
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;

function rehearsing(codec: Codec): OfflineMethod['rehearse'] {
  const secrets = createSecretFilter([SECRET]);
  return async (values, answer) => {
    const messages = codec.encode(values);
    if ('kind' in messages) throw new Error(`${messages.argument}: ${messages.text}`);
    const sent = messages.map((message) => frameOf(message, false));
    const reader = new FrameReader(MAX_ANSWER_BYTES, 'identity');
    const came = await reader.take(answer);
    const answered = came.map((message) => {
      const cleaned = secrets.cleanBytes(message);
      codec.weigh(cleaned, MAX_ANSWER_BYTES);
      return codec.decode(cleaned);
    });
    return { sent, answered };
  };
}
