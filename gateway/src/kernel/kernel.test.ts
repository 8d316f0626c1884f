import { describe, expect, test } from 'vitest';
import { Cancellation, type CancelReason } from './cancellation.ts';
import { systemClock } from './clock.ts';
import { LEGACY_REVISIONS, MODERN_REVISIONS, eraOf } from './eras.ts';
import { ENDPOINT_NAME, UPSTREAM_ID, itemIdText } from './ids.ts';
import { REASONS } from './reasons.ts';
import { Refusal } from './refusal.ts';

describe('a refusal', () => {
  test('says the sentence of its reason, and then its own', () => {
    expect(new Refusal('not_json').text).toBe(REASONS.not_json.text);
    expect(new Refusal('not_json', { text: 'It is not UTF-8.' }).text).toBe(
      `${REASONS.not_json.text} It is not UTF-8.`,
    );
    expect(new Refusal('draining', { retryAfterSeconds: 1 }).detail).toEqual({
      retryAfterSeconds: 1,
    });
  });
});

describe('cancellation', () => {
  test('tells everybody once, in order, and keeps the first reason', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    cancellation.onCancel((why) => heard.push(`1 ${why}`));
    cancellation.onCancel((why) => heard.push(`2 ${why}`));
    expect(cancellation.reason).toBeUndefined();
    cancellation.cancel('expired');
    cancellation.cancel('cancelled');
    expect(heard).toEqual(['1 expired', '2 expired']);
    expect(cancellation.reason).toBe('expired');
  });

  test('tells late comers at once', () => {
    const cancellation = new Cancellation();
    cancellation.cancel('disconnected');
    const heard: CancelReason[] = [];
    cancellation.onCancel((why) => heard.push(why));
    expect(heard).toEqual(['disconnected']);
  });

  test('tells those who come while others are told', () => {
    const cancellation = new Cancellation();
    const heard: string[] = [];
    cancellation.onCancel(() => {
      cancellation.cancel('cancelled');
      cancellation.onCancel((why) => heard.push(`inner ${why}`));
    });
    cancellation.onCancel((why) => heard.push(`outer ${why}`));
    cancellation.cancel('draining');
    expect(heard).toEqual(['inner draining', 'outer draining']);
  });

  test('tells everybody although one of them throws', () => {
    const cancellation = new Cancellation();
    const heard: CancelReason[] = [];
    cancellation.onCancel(() => {
      throw new Error('a bug');
    });
    cancellation.onCancel((why) => heard.push(why));
    expect(() => cancellation.cancel('cancelled')).toThrow('a bug');
    expect(heard).toEqual(['cancelled']);
  });

  test.each(['before', 'after'])('shows as a signal that was taken %s', (when) => {
    const cancellation = new Cancellation();
    if (when === 'after') cancellation.cancel('expired');
    const { signal } = cancellation;
    expect(cancellation.signal).toBe(signal);
    expect(signal.aborted).toBe(when === 'after');
    cancellation.cancel('expired');
    expect(signal.aborted).toBe(true);
    expect(signal.reason).toMatchObject({ message: 'expired' });
  });
});

describe('the clock', () => {
  test('is that of the system, and its timers run once or not at all', async () => {
    expect(Math.abs(systemClock.nowMs() - Date.now())).toBeLessThan(1000);
    const heard: string[] = [];
    systemClock.after(0, () => heard.push('cancelled')).cancel();
    await new Promise<void>((resolve) => {
      systemClock.after(1, () => {
        heard.push('run');
        resolve();
      });
      // The clock's timers keep nobody waiting, so something else has to.
      setTimeout(resolve, 10_000).unref();
    });
    expect(heard).toEqual(['run']);
  });
});

test.each<[string, string | undefined]>([
  ...MODERN_REVISIONS.map((revision): [string, string] => [revision, 'modern']),
  ...LEGACY_REVISIONS.map((revision): [string, string] => [revision, 'legacy']),
  ['2024-10-07', undefined],
  ['2027-01-01', undefined],
  ['', undefined],
  ['__proto__', undefined],
])('the revision "%s" belongs to the era %s', (revision, era) => {
  expect(eraOf(revision)).toBe(era);
});

describe('ids', () => {
  test.each([
    ['crm', true, true],
    ['a', true, true],
    ['a-1', true, true],
    ['a'.repeat(31), true, true],
    ['a'.repeat(32), false, true],
    ['a'.repeat(63), false, true],
    ['a'.repeat(64), false, false],
    ['A', false, false],
    ['1a', false, false],
    ['-a', false, false],
    ['a_b', false, false],
    ['a/b', false, false],
    ['a\n', false, false],
    ['', false, false],
  ])('%j may name an upstream: %s, an endpoint: %s', (text, upstream, endpoint) => {
    expect(UPSTREAM_ID.test(text)).toBe(upstream);
    expect(ENDPOINT_NAME.test(text)).toBe(endpoint);
  });

  test('have a text form that says everything', () => {
    const id = { upstream: 'docs', kind: 'resource', name: 'file:///a/b' } as const;
    expect(itemIdText(id)).toBe('resource:docs/file:///a/b');
  });
});
