/** A schema with nothing behind it: its tools, and what their calls would send. For measuring. */
import { GraphQLError, parse, validate } from 'graphql';
import type { JsonObject } from '../../kernel/index.ts';
import { ArgumentChecker } from '../api/arguments/checker.ts';
import { exampleObject } from '../api/arguments/example.ts';
import { toolOf } from '../api/items.ts';
import type { CheckedArguments, Operation } from '../api/model.ts';
import { DEFAULT_RESULT_LIMITS } from '../api/results/contract.ts';
import { controlSchemas } from '../api/results/controls.ts';
import { readJson } from '../api/http/reply/json-text.ts';
import { readReply } from './call/reply.ts';
import { createRequestEncoder } from './call/request.ts';
import { isRequestPlan, type RequestPlan } from './compile/request-plan.ts';
import { graphQlConfig } from './config-schema.ts';
import { readDocument } from './index/document.ts';

export interface OfflineGraphQl {
  readonly operations: readonly Operation[];
  readonly skipped: readonly { readonly what: string; readonly why: string }[];
  /** The definition as a list has it. @returns words where the operation is not usable */
  toolOf(operation: Operation): JsonObject | string;
  /** What is wrong with the document of an operation by the rules of GraphQL; '' for nothing. */
  faultOf(operation: Operation): string;
  /**
   * One call without the way there and back: arguments checked, the request made, an answer read.
   * @returns words where the operation is not usable
   */
  callOf(operation: Operation): (() => boolean) | string;
}

/** @returns words where the bytes are no schema */
export function openGraphQl(bytes: Buffer): OfflineGraphQl | string {
  const config = graphQlConfig('./schema.graphql');
  const document = readDocument({ schema: bytes, operations: [] }, config, new Map());
  if (!('index' in document)) return document.text;
  const { index, schema } = document;
  return {
    operations: index.operations,
    skipped: index.skipped,
    toolOf: (operation) => {
      const plan = document.plan(operation.key);
      if (typeof plan === 'string') return plan;
      return toolOf(operation, plan, {
        controlsFor: (one) => controlSchemas(one, DEFAULT_RESULT_LIMITS.maxItems),
        listsOutput: false,
        profile: 'default',
      });
    },
    faultOf: ({ key }) => {
      const plan = document.plan(key);
      if (typeof plan === 'string') return plan;
      if (!isRequestPlan(plan.request)) return 'It has no document.';
      try {
        return validate(schema, parse(plan.request.document))[0]?.message ?? '';
      } catch (error) {
        if (error instanceof GraphQLError) return error.message;
        throw error;
      }
    },
    callOf: ({ key }) => {
      const plan = document.plan(key);
      if (typeof plan === 'string') return plan;
      return isRequestPlan(plan.request)
        ? callWith(plan.input, plan.request)
        : 'It has no document.';
    },
  };
}

function callWith(input: JsonObject, plan: RequestPlan): () => boolean {
  const checker = new ArgumentChecker(input, []);
  const encode = createRequestEncoder(plan);
  const example = exampleObject(input, input);
  const text = JSON.stringify({ data: { [plan.root]: { id: '1', name: 'one' } } });
  return () => {
    const checked = checker.check(example);
    const values = checked.kind === 'fine' ? checked.values : example;
    const { body } = encode({ values, files: NO_FILES }, '/graphql');
    const value = readJson(text) ?? null;
    const reply = readReply({ ...ANSWER, body: { kind: 'json', value } }, plan.root);
    return body !== null && reply.kind === 'answer';
  };
}

const NO_FILES: CheckedArguments['files'] = new Map();
const ANSWER = { kind: 'answer', status: '200', nextUrl: '' } as const;
