/** A document with nothing behind it: its tools, and what their calls would send. For measuring. */
import type { JsonObject } from '../../kernel/index.ts';
import { toolOf } from '../api/items.ts';
import type { Operation, OperationPlan } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { compileOperation } from './compile/index.ts';
import type { OpenApiDocument } from './document.ts';
import { createEncoder, type RequestEncoder } from './encode/encoder.ts';
import { encodeParameter } from './encode/parameters.ts';
import { isRequestPlan, type RequestPlan } from './encode/plan-data.ts';
import { KEEP_ALL } from './operation-filter.ts';
import { readOpenApi } from './read.ts';
import { createSchemaConverter } from './schema/index.ts';
import type { LoadSource } from './source/sources.ts';

export interface OfflineCall {
  readonly plan: OperationPlan;
  readonly request: RequestPlan;
  readonly encode: RequestEncoder;
  /** The first parameter written by itself, as it would stand in the request; '' for nothing. */
  firstAlone(values: JsonObject): string;
}

export interface OfflineApi {
  readonly document: OpenApiDocument;
  /** @returns words where the operation is not usable */
  planOf(operation: Operation): OperationPlan | string;
  /** The definition as a list has it where nothing is configured. @see planOf */
  toolOf(operation: Operation, listsOutput: boolean): JsonObject | string;
  /** @see planOf */
  callOf(key: string): OfflineCall | string;
}

export interface OfflineOptions {
  readonly load: LoadSource;
  /** Whether an operation is compiled once and remembered. */
  readonly keepsPlans: boolean;
}

/** @returns words where the bytes are no OpenAPI document */
export async function openOffline(
  source: { readonly location: string; readonly bytes: Buffer },
  { load, keepsPlans }: OfflineOptions,
): Promise<OfflineApi | string> {
  const options = { overlays: [], load, knownNames: new Map(), filter: KEEP_ALL };
  const document = await readOpenApi(source, options);
  if (!('operations' in document)) return document.text;
  const converter = createSchemaConverter(document.resolver);
  const plans = new Map<Operation, OperationPlan | string>();
  const planOf = (operation: Operation): OperationPlan | string => {
    const known = plans.get(operation);
    if (known !== undefined) return known;
    const plan = compileOperation(document, operation, converter);
    if (keepsPlans) plans.set(operation, plan);
    return plan;
  };
  const operations = new Map(document.operations.map((one) => [one.key, one]));
  return {
    document,
    planOf,
    toolOf: (operation, listsOutput) => {
      const plan = planOf(operation);
      return typeof plan === 'string' ? plan : definitionOf(operation, plan, listsOutput);
    },
    callOf: (key) => {
      const operation = operations.get(key);
      if (operation === undefined) return `There is no operation ${key}.`;
      const plan = planOf(operation);
      return typeof plan === 'string' ? plan : offlineCall(plan);
    },
  };
}

function definitionOf(operation: Operation, plan: OperationPlan, listsOutput: boolean): JsonObject {
  return toolOf(operation, plan, {
    controlsFor: (one) => controlSchemas(one, DEFAULT_RESULT_LIMITS.maxItems),
    listsOutput,
    profile: 'default',
  });
}

function offlineCall(plan: OperationPlan): OfflineCall | string {
  const { request } = plan;
  if (!isRequestPlan(request)) return 'The plan was made by another version.';
  return {
    plan,
    request,
    encode: createEncoder(plan),
    firstAlone: (values) => {
      const data = request.parameters[0]?.data;
      const text = data && encodeParameter(data, values[data.argument] ?? null);
      return typeof text === 'string' ? text : '';
    },
  };
}
