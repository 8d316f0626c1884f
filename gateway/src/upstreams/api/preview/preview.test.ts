import { describe, expect, test } from 'vitest';
import { FRAME_TOKENS, PREFIX_TOKENS } from '../list-price.ts';
import { estimateTokens } from '../schema/index.ts';
import { previewApi, type PreviewOptions } from './preview.ts';
import { testSubject } from './test-subject.ts';

const OPTIONS: PreviewOptions = {
  source: './shop.json',
  kind: 'openapi',
  budgetTokens: 8000,
  isConfigured: () => false,
  estimateTokens,
  controlsFor: () => ({}),
  measureAllUpTo: 400,
  sample: 200,
  maxChars: 1_000_000,
};

const ORDER = '/orders/{id}';
const ID = { name: 'id', in: 'path', required: true, schema: { type: 'string' } };

function many(count: number): object {
  const paths = Array.from({ length: count }, (_, at) => [
    `/things/${at}`,
    { get: { operationId: `readThing${at}`, summary: `Reads thing number ${at}.` } },
  ]);
  return Object.fromEntries(paths);
}

describe('what a preview reports', () => {
  test('operations by effect, prices, credentials, a score', async () => {
    const subject = await testSubject({
      '/orders': { get: { operationId: 'listOrders', summary: 'Lists orders.', security: [] } },
      [ORDER]: {
        parameters: [ID],
        get: { summary: 'Reads an order.', security: [{ key: [] }], deprecated: true },
        delete: { summary: 'Cancels an order.', security: [{ key: [] }] },
      },
    });
    const report = previewApi(subject, { ...OPTIONS, isConfigured: (name) => name === 'key' });
    expect(report.operations).toEqual({
      total: 3,
      byEffect: { read: 2, write: 0, destroy: 1, unknown: 0 },
      deprecated: 1,
      skipped: 0,
    });
    expect(report.auth.schemes).toMatchObject([
      { scheme: 'key', isConfigured: true, operations: 2 },
    ]);
    expect(report.auth.needs).toMatchObject([{ need: 'key', choices: [['key']], operations: 2 }]);
    expect(report.auth.open).toBe(1);
    expect(report.tokens).toMatchObject({ measured: 3, isEstimate: false });
    const prices = report.tools.map(({ tokens }) => tokens ?? 0);
    expect(prices.reduce((sum, price) => sum + price, 0)).toBe(
      report.tokens.full - FRAME_TOKENS - 3 * PREFIX_TOKENS,
    );
    expect(report.mode.mode).toBe('full');
    expect(report.score.total).toBe(100);
    expect(report.score.parts.reduce((sum, { of }) => sum + of, 0)).toBe(100);
  });

  test('an operation that cannot be called costs points and says why', async () => {
    const subject = await testSubject({
      '/a/../b': { get: { summary: 'Climbs.' } },
      '/c': { get: { summary: 'Stays.' } },
    });
    const report = previewApi(subject, OPTIONS);
    expect(report.unusable).toMatchObject([{ why: expect.stringContaining('..') as unknown }]);
    expect(report.unusable[0]?.at.line).toBeGreaterThan(0);
    expect(report.score.parts[0]).toMatchObject({ name: 'callable', points: 20, of: 40 });
  });

  test('the price of a large API is estimated from an even sample', async () => {
    const subject = await testSubject(many(100));
    const whole = previewApi(subject, OPTIONS).tokens;
    const estimated = previewApi(subject, { ...OPTIONS, measureAllUpTo: 50, sample: 20 }).tokens;
    expect(estimated).toMatchObject({ measured: 20, isEstimate: true, compact: whole.compact });
    expect(Math.abs(estimated.full / whole.full - 1)).toBeLessThan(0.1);
  });

  test('measuring ends where definitions are long', async () => {
    const subject = await testSubject(many(100));
    const { tokens, tools } = previewApi(subject, { ...OPTIONS, maxChars: 1000 });
    expect(tokens.isEstimate).toBe(true);
    expect(tools.filter((tool) => tool.tokens !== null)).toHaveLength(tokens.measured);
  });

  test('no operations at all', async () => {
    const report = previewApi(await testSubject({}), OPTIONS);
    expect(report.tokens.full).toBe(FRAME_TOKENS);
    expect(report.score.total).toBe(0);
  });
});
