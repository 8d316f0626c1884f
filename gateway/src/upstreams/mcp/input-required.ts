/** A modern server's question: a result of the type `input_required` (2026-07-28, MRTR). */
import { ROOT, scanJson, type AnswerMessage, type Question } from '../../kernel/index.ts';
import { questionMethod } from './peer-question.ts';

export interface InputRequired {
  readonly questions: readonly Question[];
  /** JSON text of its `requestState`, exactly as written; '' where it has none. */
  readonly rawState: string;
}

const MAX_QUESTIONS = 32;

export function isInputRequired({ kind, view, value }: AnswerMessage): boolean {
  return kind === 'result' && view.string(view.member(value, 'resultType')) === 'input_required';
}

/** @returns what it asks, or one sentence about the server ("It …") where that is not valid */
export function readInputRequired({ view, value }: AnswerMessage): InputRequired | string {
  const state = view.member(value, 'requestState');
  if (state >= 0 && view.kind(state) !== 'string') return 'Its requestState is not a string.';
  const requests = view.member(value, 'inputRequests');
  if (requests >= 0 && view.kind(requests) !== 'object') {
    return 'Its inputRequests are not an object.';
  }
  const entries = view.children(requests);
  if (entries.length === 0 && state < 0) return 'It asked for input without saying for what.';
  if (entries.length > MAX_QUESTIONS)
    return `It asked more than ${MAX_QUESTIONS} questions at once.`;
  const questions: Question[] = [];
  for (const entry of entries) {
    const question = readQuestion(view.key(entry), view.slice(entry));
    if (question === undefined) return 'It asked something that is no known kind of question.';
    questions.push(question);
  }
  return { questions, rawState: view.raw(state) };
}

function readQuestion(key: string, bytes: Buffer): Question | undefined {
  const view = scanJson(bytes, { maxDepth: 128, recordDepth: 1 });
  if ('fault' in view || view.kind(ROOT) !== 'object') return undefined;
  const method = questionMethod(view.string(view.member(ROOT, 'method')) ?? '');
  const params = view.member(ROOT, 'params');
  if (method === undefined || (params >= 0 && view.kind(params) !== 'object')) return undefined;
  return { key, method, params: view.raw(params) };
}
