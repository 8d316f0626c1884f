/** Descriptors with nothing behind them: what their tools take, and what calls would send. For measuring. */
import { readFile } from 'node:fs/promises';
import type { DescMethod } from '@bufbuild/protobuf';
import type { OperationPlan } from '../api/model.ts';
import { createCodec, type Codec } from './call/codec.ts';
import { grpcConfig } from './config-schema.ts';
import { describeServer, type Described } from './import/described.ts';
import { readSet } from './source/descriptors.ts';

export interface OfflineMethod {
  readonly plan: OperationPlan;
  readonly codec: Codec;
  /** Full name of the message that a call sends. */
  readonly input: string;
  readonly kind: DescMethod['methodKind'];
}

export interface OfflineGrpc {
  readonly keys: readonly string[];
  readonly skipped: number;
  /** @returns words where the method is not usable */
  methodOf(key: string): OfflineMethod | string;
}

/** @returns words where the file is no descriptor set */
export async function openGrpc(path: string): Promise<OfflineGrpc | string> {
  const files = readSet(await readFile(path));
  if (typeof files === 'string') return files;
  const source = { files, services: undefined, repairs: [], skipped: [] };
  const described = describeServer(source, grpcConfig(path), new Map());
  if (typeof described === 'string') return described;
  const { index } = described;
  return {
    keys: index.operations.map(({ key }) => key),
    skipped: index.skipped.length,
    methodOf: (key) => methodOf(described, key),
  };
}

function methodOf(described: Described, key: string): OfflineMethod | string {
  const method = described.method(key);
  const plan = described.plan(key);
  if (typeof plan === 'string') return plan;
  if (method === undefined) return `There is no method ${key}.`;
  return {
    plan,
    codec: createCodec(method, described.registry),
    input: method.input.typeName,
    kind: method.methodKind,
  };
}
