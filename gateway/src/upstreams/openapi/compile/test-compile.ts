/** Operations of small documents, compiled, for tests. */
import type { CheckedArguments, OperationPlan } from '../../api/model.ts';
import { createEncoder } from '../encode/encoder.ts';
import { KEEP_ALL } from '../operation-filter.ts';
import { readOpenApi } from '../read.ts';
import { createSchemaConverter } from '../schema/index.ts';
import { compileOperation } from './operation.ts';

export async function compileAll(
  paths: object,
  rest: object = {},
): Promise<(OperationPlan | string)[]> {
  const head = 'swagger' in rest ? {} : { openapi: '3.1.0' };
  const text = JSON.stringify({ ...head, info: { title: 'T', version: '1' }, paths, ...rest });
  const document = await readOpenApi(
    { location: 'file:///t.json', bytes: Buffer.from(text) },
    { overlays: [], load: async () => 'no', knownNames: new Map(), filter: KEEP_ALL },
  );
  if (!('operations' in document)) throw new Error(document.text);
  const converter = createSchemaConverter(document.resolver);
  return document.operations.map((one) => compileOperation(document, one, converter));
}

export async function compile(path: string, verb: string, operation: object, rest: object = {}) {
  const [plan] = await compileAll({ [path]: { [verb]: operation } }, rest);
  if (plan === undefined || typeof plan === 'string') throw new Error(plan);
  return plan;
}

export function send(plan: OperationPlan, values: CheckedArguments['values'], files = new Map()) {
  const sent = createEncoder(plan)({ values, files });
  if (sent.kind !== 'request') throw new Error(sent.text);
  return sent;
}

export const query = (name: string, over: object = {}) => ({
  name,
  in: 'query',
  schema: { type: 'string' },
  ...over,
});
export const json = (schema: object) => ({ content: { 'application/json': { schema } } });
export const names = (plan: OperationPlan) => plan.arguments.map((one) => one.name);
