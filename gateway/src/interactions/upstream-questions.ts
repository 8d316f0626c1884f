/** Questions that a modern upstream puts to a modern caller by itself: only their state is ours. */
import {
  Refusal,
  replaceValue,
  type AnswerMessage,
  type Exchange,
  type JsonView,
  type Question,
  type QuestionMethod,
  type Terminal,
} from '../kernel/index.ts';
import { lackingFor } from './may-ask.ts';

/** Whether an answer is a question of the upstream (2026-07-28, multi round-trip requests). */
export function isUpstreamQuestion({ kind, era, view, value }: AnswerMessage): boolean {
  if (kind !== 'result' || era !== 'modern') return false;
  const type = view.member(value, 'resultType');
  return !view.isWritten(type, '"complete"') && view.string(type) === 'input_required';
}

/**
 * Seals the upstream's state on its way out. Refuses with `upstream_invalid` where it is no string
 * and with `capability_missing` where the caller did not declare that it can be asked this.
 * @param seal of the state as the upstream wrote it
 */
export function passQuestion(
  x: Exchange,
  message: AnswerMessage,
  seal: (rawState: string) => string,
): Terminal {
  const { view, value } = message;
  const asked = readQuestions(view, view.member(value, 'inputRequests'));
  const lacking = lackingFor(x.call?.capabilities ?? '', asked);
  if (lacking !== undefined) return capabilityMissing(lacking);
  const state = view.member(value, 'requestState');
  if (state < 0) return message;
  if (view.kind(state) !== 'string') {
    return new Refusal('upstream_invalid', { text: 'Its requestState is not a string.' });
  }
  const edit = replaceValue(view, state, JSON.stringify(seal(view.raw(state))));
  return { ...message, edits: [...message.edits, edit] };
}

export function capabilityMissing(lacking: Readonly<Record<string, unknown>>): Refusal {
  return new Refusal('capability_missing', {
    text: `It is ${JSON.stringify(lacking)}.`,
    data: { requiredCapabilities: lacking },
  });
}

const METHODS: readonly QuestionMethod[] = [
  'elicitation/create',
  'sampling/createMessage',
  'roots/list',
];

/** What this gateway knows how to judge; other methods are between the two ends. */
function readQuestions(
  view: JsonView,
  requests: number,
): readonly Pick<Question, 'method' | 'params'>[] {
  if (view.kind(requests) !== 'object') return [];
  return view.children(requests).flatMap((entry) => {
    const asked = view.kind(entry) === 'object' ? memberTexts(view, entry) : undefined;
    const method = METHODS.find((known) => known === asked?.method);
    return method === undefined ? [] : [{ method, params: asked?.params ?? '' }];
  });
}

/** Members below the depth that the view has noted. */
function memberTexts(
  view: JsonView,
  entry: number,
): { readonly method: unknown; readonly params: string } {
  const request: unknown = view.value(entry);
  if (typeof request !== 'object' || request === null) return { method: undefined, params: '' };
  const params: unknown = Reflect.get(request, 'params');
  return {
    method: Reflect.get(request, 'method'),
    params: params === undefined ? '' : JSON.stringify(params),
  };
}
