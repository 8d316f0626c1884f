/**
 * Addresses that a legacy upstream wants its user to visit before it takes the call (2025-11-25,
 * error -32042), as the question of 2026-07-28. Nothing waits: the retry makes the call anew.
 */
import { randomBytes } from 'node:crypto';
import {
  Refusal,
  isJsonArray,
  isJsonObject,
  ownMember,
  parseExact,
  type AnswerMessage,
  type Exchange,
  type Json,
  type Question,
  type Terminal,
} from '../kernel/index.ts';
import { lackingFor, mayBeParked } from './may-ask.ts';
import { inputRequests } from './question-text.ts';
import { capabilityMissing } from './upstream-questions.ts';

const URL_ELICITATION_REQUIRED = '-32042';
const MAX_DATA_BYTES = 64 * 1024;
const MAX_URLS = 16;
const SCHEMES: ReadonlySet<string> = new Set(['http:', 'https:']);

/** Whether an upstream's answer asks a caller that is no legacy one to visit addresses. */
export function isUrlRequired(x: Exchange, { kind, era, view, value }: AnswerMessage): boolean {
  return (
    kind === 'error' &&
    era === 'legacy' &&
    x.dialect !== 'legacy' &&
    view.isWritten(view.member(value, 'code'), URL_ELICITATION_REQUIRED) &&
    mayBeParked(x)
  );
}

/**
 * Refuses with `upstream_invalid` where no usable address is named and with `capability_missing`
 * where the caller does not take addresses.
 * @param seal makes the state that the caller brings back
 */
export function askForVisits(
  x: Exchange,
  { view, value }: AnswerMessage,
  seal: () => string,
): Terminal {
  const data = view.member(value, 'data');
  const isSmall = data >= 0 && view.end(data) - view.start(data) <= MAX_DATA_BYTES;
  const questions = isSmall ? questionsOf(parseExact(view.raw(data))) : [];
  if (questions.length === 0) {
    return new Refusal('upstream_invalid', {
      text: 'It wants its user to visit addresses and names none that can be visited.',
    });
  }
  const lacking = lackingFor(x.call?.capabilities ?? '', questions);
  if (lacking !== undefined) return capabilityMissing(lacking);
  const state = JSON.stringify(seal());
  return {
    kind: 'local',
    isQuestion: true,
    result: `{"inputRequests":${inputRequests(questions)},"requestState":${state}}`,
  };
}

function questionsOf(data: Json): readonly Question[] {
  const elicitations = isJsonObject(data) ? ownMember(data, 'elicitations') : undefined;
  if (!isJsonArray(elicitations) || elicitations.length > MAX_URLS) return [];
  const mark = randomBytes(6).toString('base64url');
  const questions: Question[] = [];
  for (const [at, elicitation] of elicitations.entries()) {
    if (!isJsonObject(elicitation)) return [];
    const [message, url] = [ownMember(elicitation, 'message'), ownMember(elicitation, 'url')];
    if (typeof message !== 'string' || typeof url !== 'string' || !isVisitable(url)) return [];
    const params = JSON.stringify({ mode: 'url', message, url });
    questions.push({ key: `url-${mark}-${at + 1}`, method: 'elicitation/create', params });
  }
  return questions;
}

function isVisitable(url: string): boolean {
  return URL.canParse(url) && SCHEMES.has(new URL(url).protocol);
}
