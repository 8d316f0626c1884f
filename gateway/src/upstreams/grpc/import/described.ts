/** A server as it is described: its methods, their plans, and how messages are written. */
import type { DescMethod, FileRegistry } from '@bufbuild/protobuf';
import type { FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { ApiIndex, OperationPlan, Repair, Skipped } from '../../api/model.ts';
import { compileMethod } from '../compile/method.ts';
import type { GrpcConfig } from '../config-schema.ts';
import { findMethods, keyOf } from '../index/find-methods.ts';
import { Comments } from '../source/comments.ts';
import { openRegistry } from '../source/descriptors.ts';

export interface Described {
  readonly registry: FileRegistry;
  readonly index: ApiIndex;
  /** @returns undefined where there is none of this key */
  method(key: string): DescMethod | undefined;
  /** @returns words where the method cannot be used */
  plan(key: string): OperationPlan | string;
}

export interface DescribedSource {
  readonly files: readonly FileDescriptorProto[];
  /** Services that a server says it has; undefined for all that are described. */
  readonly services: readonly string[] | undefined;
  readonly repairs: readonly Repair[];
  readonly skipped: readonly Skipped[];
}

/** @returns words where the descriptors cannot be used, or describe no method at all */
export function describeServer(
  source: DescribedSource,
  config: GrpcConfig,
  knownNames: ReadonlyMap<string, string>,
): Described | string {
  const opened = openRegistry(source.files);
  if (typeof opened === 'string') return opened;
  const { registry } = opened;
  const comments = new Comments();
  const found = findMethods(
    registry,
    {
      services: config.services ?? [],
      exclude: config.exclude ?? [],
      isBidirectional: config.streaming?.bidirectional === true,
      offered: source.services === undefined ? undefined : new Set(source.services),
    },
    knownNames,
    comments,
  );
  if (found.operations.length + found.skipped.length + source.skipped.length === 0) {
    return 'it describes no service with a method that is wanted';
  }
  const methods = methodsIn(registry);
  const { operations, title, description } = found;
  return {
    registry,
    index: {
      kind: 'grpc',
      digest: '',
      title,
      version: '',
      description,
      servers: config.url === undefined ? [] : [config.url],
      schemes: [],
      operations,
      skipped: [...found.skipped, ...source.skipped],
      repairs: [...source.repairs, ...found.repairs],
    },
    method: (key) => methods.get(key),
    plan: (key) => {
      const method = methods.get(key);
      return method === undefined
        ? 'The server has no such method any more.'
        : compileMethod(method, comments);
    },
  };
}

function methodsIn(registry: FileRegistry): ReadonlyMap<string, DescMethod> {
  const methods = new Map<string, DescMethod>();
  for (const each of registry) {
    if (each.kind !== 'service') continue;
    for (const method of each.methods) methods.set(keyOf(method), method);
  }
  return methods;
}
