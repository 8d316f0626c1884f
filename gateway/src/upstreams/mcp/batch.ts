/** Several messages in one array, which only servers of one revision send (2025-03-26, batching). */
import { ROOT, scanJson } from '../../kernel/index.ts';
import { MAX_DEPTH } from './message.ts';

const BATCHING = '2025-03-26';
const OPEN_BRACKET = 0x5b;
const SPACE = 0x20;

/** @param revision what the link speaks; undefined where there is none any more */
export function isBatch(bytes: Buffer, revision: string | undefined): boolean {
  return revision === BATCHING && isArray(bytes);
}

/** Whether a text begins as an array does. */
export function isArray(bytes: Buffer): boolean {
  let at = 0;
  while ((bytes[at] ?? OPEN_BRACKET) <= SPACE) at++;
  return bytes[at] === OPEN_BRACKET;
}

/** The messages of a batch, each with its own bytes; what is no JSON stays whole. */
export function splitBatch(bytes: Buffer): readonly Buffer[] {
  const view = scanJson(bytes, { maxDepth: MAX_DEPTH + 1, recordDepth: 1 });
  if ('fault' in view) return [bytes];
  return view.children(ROOT).map((entry) => view.slice(entry));
}
