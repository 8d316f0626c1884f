/** What an evaluation fails for. */
import { basename } from 'node:path';
import type { DocumentResult } from './run.ts';
import type { VectorResult } from './vectors.ts';

/** Tokens that a list may take. */
export const LIST_BUDGET = 8000;

/** What a client's list holds. */
export interface List {
  readonly file: string;
  readonly tools: number;
  readonly tokens: number;
  /** Why there is none; '' where there is one. */
  readonly fault: string;
}

export interface Outcomes {
  readonly vectors: readonly VectorResult[];
  readonly results: readonly DocumentResult[];
  readonly lists: readonly List[];
  /** The documents are broken on purpose: each has to end in an error or in tools. */
  readonly areInvalid: boolean;
}

/** @returns what failed, in words; [] where nothing did */
export function failuresOf({ vectors, results, lists, areInvalid }: Outcomes): string[] {
  return [
    ...vectors.filter(({ fault }) => fault !== '').map(({ id, fault }) => `vector ${id}: ${fault}`),
    ...results.flatMap((one) => {
      const why = failureOf(one, areInvalid);
      return why === '' ? [] : [`${basename(one.file)}: ${why}`];
    }),
    ...lists
      .filter(({ fault }) => fault !== '')
      .map(({ file, fault }) => `${basename(file)}: no list: ${fault}`),
    ...lists
      .filter(({ tokens }) => tokens > LIST_BUDGET)
      .map(({ file, tokens }) => `${basename(file)}: a list of ${tokens} tokens`),
  ];
}

function failureOf({ hasEnded, isBug, error, judgement }: DocumentResult, isInvalid: boolean) {
  if (!hasEnded) return error;
  if (isBug) return `the converter broke: ${error}`;
  const isNeither = error === '' && judgement.tools === 0 && judgement.operations > 0;
  return isInvalid && isNeither ? 'neither an error nor tools' : '';
}
