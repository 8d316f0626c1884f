/** Whether a caller's result is one in the form of the question's method. */
import {
  isJsonArray,
  isJsonObject,
  ownMember,
  parseExact,
  type Json,
  type JsonObject,
  type Question,
} from '../kernel/index.ts';
import { checkContent } from './check-content.ts';

/**
 * @param result JSON text, already proven to be JSON
 * @returns what is wrong, in words for whoever wrote the answer; undefined where nothing is
 */
export function checkAnswer(question: Question, result: string): string | undefined {
  const answer = parseExact(result);
  if (!isJsonObject(answer)) return 'It must be an object.';
  switch (question.method) {
    case 'elicitation/create':
      return checkElicited(answer, question.params);
    case 'sampling/createMessage':
      return checkSampled(answer);
    case 'roots/list':
      return checkRoots(answer);
  }
}

const ACTIONS: ReadonlySet<Json | undefined> = new Set(['accept', 'decline', 'cancel']);

function checkElicited(answer: JsonObject, params: string): string | undefined {
  const action = ownMember(answer, 'action');
  if (!ACTIONS.has(action)) return '"action" must be "accept", "decline" or "cancel".';
  if (action !== 'accept' || params === '') return undefined;
  const asked = parseExact(params);
  if (!isJsonObject(asked) || ownMember(asked, 'mode') === 'url') return undefined;
  return checkContent(ownMember(answer, 'content'), ownMember(asked, 'requestedSchema'));
}

function checkSampled(answer: JsonObject): string | undefined {
  const role = ownMember(answer, 'role');
  if (role !== 'assistant' && role !== 'user') return '"role" must be "assistant" or "user".';
  if (typeof ownMember(answer, 'model') !== 'string') return '"model" must be a string.';
  const content = ownMember(answer, 'content');
  const blocks = isJsonArray(content) ? content : [content];
  return blocks.every((block) => isJsonObject(block) && typeof block['type'] === 'string')
    ? undefined
    : '"content" must be a content block or an array of them.';
}

function checkRoots(answer: JsonObject): string | undefined {
  const roots = ownMember(answer, 'roots');
  const isList = isJsonArray(roots) && roots.every((root) => isJsonObject(root) && hasUri(root));
  return isList ? undefined : '"roots" must be an array of objects with a "uri".';
}

function hasUri(root: JsonObject): boolean {
  return typeof ownMember(root, 'uri') === 'string';
}
