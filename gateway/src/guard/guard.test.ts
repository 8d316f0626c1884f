import { describe, expect, test } from 'vitest';
import { Refusal, type EventMessage, type Terminal } from '../kernel/index.ts';
import { makeExchange, viewOf } from '../../../test/kit/exchange.ts';
import { createGuard } from './index.ts';

const MAX = 100;
const guard = createGuard({ maxResultBytes: MAX });
const x = makeExchange();

const textOf = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));

function answer(kind: 'result' | 'error', bytes: number): Terminal {
  return { kind, era: 'modern', view: viewOf(textOf(bytes)), value: 0, edits: [] };
}

describe('the way in', () => {
  test('keeps the edits that were made before', () => {
    const edited = makeExchange();
    const edits = [{ start: 0, end: 0, text: 'x' }];
    edited.edits = edits;
    expect(guard.screenIn(edited)).toBe(edited);
    expect(edited.edits).toBe(edits);
  });
});

describe('the way out', () => {
  test.each([
    ['a result of exactly the size', answer('result', MAX)],
    ['an error of exactly the size', answer('error', MAX)],
    ['a refusal', new Refusal('policy_denied')],
    ['a result of the gateway itself', { kind: 'local', result: textOf(MAX + 1) }],
    ['nothing', { kind: 'accepted' }],
    ['the end of a stream', { kind: 'ended', result: '' }],
  ] as const)('%s passes as it is', (_case, message) => {
    expect(guard.screenTerminal(x, message)).toBe(message);
  });

  test.each(['result', 'error'] as const)('a %s that is too large is replaced', (kind) => {
    const screened = guard.screenTerminal(x, answer(kind, MAX + 1));
    expect(screened).toMatchObject({ reason: 'result_too_large' });
    expect((screened as Refusal).text).toContain('It was 101 bytes; the limit is 100.');
  });

  test('an event that is too large is dropped, others pass as they are', () => {
    const event = (bytes: number): EventMessage => ({
      kind: 'event',
      method: 'notifications/message',
      view: viewOf(textOf(bytes)),
      edits: [],
    });
    const fits = event(MAX);
    expect(guard.screenEvent(x, fits)).toBe(fits);
    expect(guard.screenEvent(x, event(MAX + 1))).toBeUndefined();
  });
});
