/**
 * What a call needs to know of an operation: plain JSON, so that it can be kept with the plan. Written
 * as types rather than interfaces, because only those are objects of JSON to the compiler.
 */
import type { JsonObject } from '../../../kernel/index.ts';

export type RequestPlan = {
  /** Changes with the meaning of the plan, so that an old one is never misread. */
  readonly form: 'graphql-request-2';
  readonly kind: 'query' | 'mutation';
  readonly operationName: string;
  /** All of it as it is sent. */
  readonly document: string;
  /** The same before and after the selection of the one field; '' where it cannot be replaced. */
  readonly head: string;
  readonly tail: string;
  /** The field whose value is the answer; '' for all of `data`. */
  readonly root: string;
  /** Whether files may be among the variables. */
  readonly hasFiles: boolean;
  /** Variable for the length of a page, and those of which one is enough; '' for none. */
  readonly size: string;
  readonly sizes: readonly string[];
};

/** A tool that is answered from the schema or runs what its caller wrote. */
export type DynamicPlan = {
  readonly form: 'graphql-dynamic-1';
  readonly does: 'search' | 'query' | 'mutation';
};

/** Whether a plan's `request` was made here. Plans come from us alone; the mark tells versions apart. */
export function isRequestPlan(request: JsonObject): request is RequestPlan {
  return request['form'] === 'graphql-request-2';
}

export function isDynamicPlan(request: JsonObject): request is DynamicPlan {
  return request['form'] === 'graphql-dynamic-1';
}

/** Items of a page where nobody says how many. */
export const PAGE_SIZE = 20;
/** The argument that replaces the selection. */
export const SELECTION = '_fields';
