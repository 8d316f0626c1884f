/** The answers that a retry brings (2026-07-28, multi round-trip requests: `inputResponses`). */
import { Refusal, type Answer, type Call, type Question } from '../kernel/index.ts';
import { checkAnswer } from './check-answer.ts';

/**
 * Reads the answers to these questions; what answers none of them is ignored.
 * @returns the answers by the key of their question, or `params_invalid` where one has not the form
 *   of its question
 */
export function readInputResponses(
  { view, params }: Call,
  questions: readonly Question[],
): Map<string, Answer> | Refusal {
  const answers = new Map<string, Answer>();
  const responses = view.member(params, 'inputResponses');
  if (responses < 0) return answers;
  if (view.kind(responses) !== 'object') {
    return invalid('The member "inputResponses" must be an object.');
  }
  for (const question of questions) {
    const entry = view.member(responses, question.key);
    if (entry < 0) continue;
    const result = view.raw(entry);
    const wrong = checkAnswer(question, result);
    if (wrong !== undefined) {
      const key = JSON.stringify(question.key);
      return invalid(
        `The entry ${key} of "inputResponses" cannot be used. ${wrong} ` +
          'Correct it and send the same call again with the same requestState.',
      );
    }
    answers.set(question.key, { kind: 'result', result });
  }
  return answers;
}

function invalid(text: string): Refusal {
  return new Refusal('params_invalid', { text });
}
