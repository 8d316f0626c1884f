/** A schema with nothing behind it: its tools, and what their calls would send. For measuring. */
import {
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
  stringifyExact,
} from '../../kernel/index.ts';
import { ArgumentChecker } from '../api/arguments/checker.ts';
import { exampleObject } from '../api/arguments/example.ts';
import { toolOf } from '../api/items.ts';
import type { HttpRequest } from '../api/http/request.ts';
import type { CheckedArguments, Operation, OperationPlan } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { readJson } from '../api/http/reply/json-text.ts';
import { replyOf } from '../api/http/reply/reply.ts';
import { createSecretFilter } from '../api/http/reply/secret-filter.ts';
import { readReply } from './call/reply.ts';
import { createRequestEncoder } from './call/request.ts';
import { isRequestPlan, type RequestPlan } from './compile/request-plan.ts';
import { graphQlConfig } from './config-schema.ts';
import { readDocument } from './index/document.ts';

export interface OfflineGraphQl {
  readonly operations: readonly Operation[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
  /** What the schema refers to and does not have. */
  readonly repairs: readonly string[];
  /** The definition as a list has it. @returns words where the operation is not usable */
  toolOf(operation: Operation): JsonObject | string;
  /** The body of a request with an example of each argument. @returns words where there is none */
  requestOf(operation: Operation): Buffer | string;
  /**
   * One call without the way there and back: arguments read and checked, the request made, an answer
   * with everything that is asked for read.
   * @returns words where the operation is not usable
   */
  callOf(operation: Operation): OfflineCall | string;
}

export interface OfflineCall {
  /** @returns whether there was a request and an answer */
  run(): boolean;
  /** Of request and answer, bytes. */
  readonly sentBytes: number;
  readonly answerBytes: number;
}

/** @returns words where the bytes are no schema */
export function openGraphQl(bytes: Buffer): OfflineGraphQl | string {
  const config = graphQlConfig('./schema.graphql');
  const document = readDocument({ schema: bytes, operations: [] }, config, new Map());
  if (!('index' in document)) return document.text;
  const { index } = document;
  return {
    operations: index.operations,
    skipped: index.skipped,
    repairs: index.repairs.map(({ what }) => what),
    toolOf: (operation) => {
      const plan = document.plan(operation.key);
      if (typeof plan === 'string') return plan;
      return toolOf(operation, plan, {
        controlsFor: (one) => controlSchemas(one, DEFAULT_RESULT_LIMITS.maxItems),
        listsOutput: false,
        profile: 'default',
      });
    },
    requestOf: ({ key }) => {
      const call = requestFor(document.plan(key));
      return typeof call === 'string' ? call : (call.send()?.body ?? 'It sends nothing.');
    },
    callOf: ({ key }) => {
      const plan = document.plan(key);
      if (typeof plan === 'string') return plan;
      const call = requestFor(plan);
      return typeof call === 'string' ? call : callWith(call, answerTo(plan.output ?? {}));
    },
  };
}

interface Prepared {
  readonly plan: RequestPlan;
  /** @returns undefined where the arguments do not pass */
  readonly send: () => HttpRequest | undefined;
}

/** Arguments are read as they come from a caller: as text. */
function requestFor(plan: OperationPlan | string): Prepared | string {
  if (typeof plan === 'string') return plan;
  const { request, input } = plan;
  if (!isRequestPlan(request)) return 'It has no document.';
  const checker = new ArgumentChecker(input, []);
  const encode = createRequestEncoder(request);
  const example = exampleObject(input, input);
  const isFine = checker.check(example).kind === 'fine';
  const text = stringifyExact(isFine ? example : {});
  return {
    plan: request,
    send: () => {
      const read = readJson(text) ?? null;
      const checked = isJsonObject(read) ? checker.check(read) : undefined;
      if (checked?.kind !== 'fine') return undefined;
      return encode({ values: checked.values, files: NO_FILES }, '/graphql');
    },
  };
}

function callWith({ plan, send }: Prepared, value: Json): OfflineCall {
  const data = plan.root === '' ? value : { [plan.root]: value };
  const bytes = Buffer.from(stringifyExact({ data }));
  return {
    run: () => {
      const request = send();
      const reply = replyOf({ ...ANSWER, bytes }, CONTEXT);
      return request !== undefined && readReply(reply, plan.root).kind === 'answer';
    },
    sentBytes: send()?.body?.length ?? 0,
    answerBytes: bytes.length,
  };
}

/** An answer of a shape, with two items in every list. */
function answerTo(shape: Json, depth = 0): Json {
  if (!isJsonObject(shape) || depth > MAX_DEPTH) return 'some text';
  const properties = ownMember(shape, 'properties');
  const types = [ownMember(shape, 'type') ?? 'string'].flat();
  if (types.includes('array')) {
    const item = answerTo(ownMember(shape, 'items') ?? {}, depth + 1);
    return [item, item];
  }
  if (properties !== undefined && isJsonObject(properties)) {
    return Object.fromEntries(
      Object.entries(properties).map(([name, inner]) => [name, answerTo(inner, depth + 1)]),
    );
  }
  if (types.includes('integer') || types.includes('number')) return 1234;
  return types.includes('boolean') ? true : 'some text';
}

const MAX_DEPTH = 12;
const NO_FILES: CheckedArguments['files'] = new Map();
const ANSWER = {
  status: 200,
  headers: { 'content-type': 'application/json; charset=utf-8' },
  cut: '',
} as const;
const CONTEXT = {
  nowMs: 0,
  maxBytes: 8_000_000,
  secrets: createSecretFilter(['a-credential-of-the-operator']),
  nextUrl: '',
  authHint: () => '',
};
