/** Issuers side by side, and one that turns its keys while calls are under way. */
import { afterAll, beforeAll, expect, test } from 'vitest';
import { bearer } from '../../kit/api-keys.ts';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { startHeld, type HeldUpstream } from '../../kit/held-upstream.ts';
import { sendModern } from '../../kit/modern-request.ts';
import { startIssuer, type TestIssuer } from '../../kit/oidc.ts';

const PUBLIC = 'https://tools.example.com';
const AUDIENCE = `${PUBLIC}/mcp`;
const CALL = { method: 'tools/call', name: 'held__hold', params: '"name":"held__hold"' };

let ours: TestIssuer;
let partner: TestIssuer;
let held: HeldUpstream;
let gateway: TestGateway;

beforeAll(async () => {
  [ours, partner, held] = [await startIssuer(), await startIssuer(), await startHeld()];
  gateway = await startGateway({
    server: { publicUrl: PUBLIC },
    identity: {
      oauth: [
        { issuer: ours.url, audience: AUDIENCE, prefix: '' },
        { issuer: partner.url, audience: AUDIENCE, prefix: 'partner:' },
      ],
    },
    policy: { rules: [{ who: { users: ['alice'], groups: ['staff'] }, allow: ['held/*'] }] },
    upstreams: { held: { mcp: { url: held.url, era: '2026-07-28' } } },
  });
});

afterAll(async () => {
  await gateway.close();
  await held.close();
  await ours.close();
  await partner.close();
});

const claims = (more: object = {}) => ({
  sub: 'alice',
  groups: ['staff'],
  aud: AUDIENCE,
  exp: Math.floor(Date.now() / 1000) + 600,
  client_id: 'assistant',
  ...more,
});
const call = (token: string) => sendModern(gateway.url, { ...CALL, headers: bearer(token) });

test('the same name at another issuer is somebody else', async () => {
  const before = held.calls.length;
  const answer = await call(await partner.sign(claims()));
  expect(answer.text).toMatch(/nothing of this name/);
  expect(held.calls.length).toBe(before);
  const [record] = (await gateway.records()).slice(-1);
  expect(String(record?.['principal'])).toContain(encodeURIComponent('partner:alice'));
});

test('keys are turned while a call is under way: it goes on, and so does the next', async () => {
  const before = held.calls.length;
  const underWay = call(await ours.sign(claims()));
  const first = await held.call(before);
  await ours.rotate();
  const next = call(await ours.sign(claims({ jti: '2' })));
  (await held.call(before + 1)).answer('second');
  expect((await next).text).toContain('second');
  await ours.retire();
  first.answer('first');
  expect((await underWay).text).toContain('first');
});
