/** An index as it is kept: a line of JSON, then its operations by columns. */
import type { ApiIndex } from '../model.ts';
import { readOperations, writeOperations } from './kept-operations.ts';
import { isIndex, isMembers } from './shapes.ts';

export function indexBytes(index: ApiIndex): Buffer {
  const { outline, parts } = writeOperations(index.operations);
  const head = JSON.stringify({ ...index, operations: [], outline });
  return Buffer.concat([Buffer.from(`${head}\n`), ...parts]);
}

/** @returns undefined where it is none */
export function readIndexBytes(bytes: Buffer): ApiIndex | undefined {
  const end = bytes.indexOf('\n');
  const value: unknown = end < 0 ? undefined : JSON.parse(bytes.toString('utf8', 0, end));
  if (!isMembers(value) || !isIndex(value)) return undefined;
  const { outline, ...index } = value;
  const read = readOperations(outline, bytes.subarray(end + 1));
  if (read === undefined) return undefined;
  let operations: ApiIndex['operations'] | undefined;
  return {
    ...index,
    // Made when a list is asked for: an API that is only opened has no need of them.
    get operations() {
      operations ??= read();
      return operations;
    },
  };
}
