import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, webhookSchema, type WebhookConfig } from './config-schema.ts';
import { proofOf, schemeOf, type HookHeaders } from './signatures.ts';

const SECRET = 'a secret of the tests';
const NOW_MS = 1_614_265_330_000;
const NOW = '1614265330';

function configured(written: object): WebhookConfig {
  return webhookSchema.parse({ secret: SECRET, ...written });
}

function isSigned(config: WebhookConfig, headers: HookHeaders, body: string, nowMs = NOW_MS) {
  const claim = schemeOf(config).claim(headers, nowMs);
  const keys = [config.secret].flat().map((one) => keyOf(one, config.signature));
  return claim !== undefined && proofOf(claim, Buffer.from(body), keys) !== undefined;
}

const mac = (text: string, encoding: 'hex' | 'base64' = 'hex', algorithm = 'sha256'): string =>
  createHmac(algorithm, SECRET).update(text).digest(encoding);

describe('published examples', () => {
  test('Standard Webhooks', () => {
    const config = configured({
      signature: 'standard',
      secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    });
    const headers = {
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': NOW,
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    };
    const body = '{"test": 2432232314}';
    expect(isSigned(config, headers, body)).toBe(true);
    expect(isSigned(config, { ...headers, 'webhook-id': 'msg_other' }, body)).toBe(false);
    expect(isSigned(config, headers, '{"test":2432232314}')).toBe(false);
    const others = { 'webhook-signature': `v1a,AAAA v1,AAAA ${headers['webhook-signature']}` };
    expect(isSigned(config, { ...headers, ...others }, body)).toBe(true);
  });

  test('GitHub', () => {
    const config = configured({ signature: 'github', secret: "It's a Secret to Everybody" });
    const hex = '757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17';
    const headers = { 'x-hub-signature-256': `sha256=${hex}` };
    expect(isSigned(config, headers, 'Hello, World!')).toBe(true);
    expect(isSigned(config, headers, 'Hello, World')).toBe(false);
    expect(isSigned(config, { 'x-hub-signature-256': hex }, 'Hello, World!')).toBe(false);
  });
});

describe('a signature that is right', () => {
  const stripe = mac(`${NOW}.{}`);
  const custom = { header: 'X-Signature' };
  test.each<[string, object, HookHeaders]>([
    ['Stripe', { signature: 'stripe' }, { 'stripe-signature': `t=${NOW},v1=${stripe}` }],
    [
      'Stripe, of several keys',
      { signature: 'stripe' },
      { 'stripe-signature': `t=${NOW},v1=${'0'.repeat(64)},v1=${stripe},v0=aa` },
    ],
    ['any header', { signature: custom }, { 'x-signature': mac('{}') }],
    [
      'base64 and SHA-512',
      { signature: { ...custom, encoding: 'base64', algorithm: 'sha512' } },
      { 'x-signature': mac('{}', 'base64', 'sha512') },
    ],
    [
      'a prefix and a time',
      {
        signature: {
          header: 'x-slack-signature',
          prefix: 'v0=',
          timestampHeader: 'x-slack-request-timestamp',
          signed: 'v0:{timestamp}:{body}',
        },
      },
      { 'x-slack-signature': `v0=${mac(`v0:${NOW}:{}`)}`, 'x-slack-request-timestamp': NOW },
    ],
    [
      'the second of two secrets',
      { signature: custom, secret: ['another secret altogether', SECRET] },
      { 'x-signature': mac('{}') },
    ],
  ])('%s', (_name, written, headers) => {
    expect(isSigned(configured(written), headers, '{}')).toBe(true);
    expect(isSigned(configured(written), headers, '{} ')).toBe(false);
    expect(isSigned(configured({ ...written, secret: 'not the one it was' }), headers, '{}')).toBe(
      false,
    );
  });
});

describe('what no signed request looks like', () => {
  const standard = configured({ signature: 'standard', secret: `whsec_${'A'.repeat(32)}` });
  const stripe = configured({ signature: 'stripe' });
  const whole = { 'webhook-id': 'a', 'webhook-timestamp': NOW, 'webhook-signature': 'v1,AAAA' };
  test.each<[string, WebhookConfig, HookHeaders]>([
    ['nothing at all', standard, {}],
    ['no id', standard, { ...whole, 'webhook-id': undefined }],
    ['an id with a space', standard, { ...whole, 'webhook-id': 'a b' }],
    ['an endless id', standard, { ...whole, 'webhook-id': 'a'.repeat(257) }],
    ['two ids', standard, { ...whole, 'webhook-id': ['a', 'b'] }],
    ['too old', standard, { ...whole, 'webhook-timestamp': String(Number(NOW) - 301) }],
    ['of the future', standard, { ...whole, 'webhook-timestamp': String(Number(NOW) + 301) }],
    ['no time', standard, { ...whole, 'webhook-timestamp': '' }],
    ['a time that is none', standard, { ...whole, 'webhook-timestamp': '1e9' }],
    ['no version that is known', standard, { ...whole, 'webhook-signature': 'v2,AAAA' }],
    ['no base64', standard, { ...whole, 'webhook-signature': 'v1,?' }],
    ['Stripe without a time', stripe, { 'stripe-signature': 'v1=aa' }],
    ['Stripe with two times', stripe, { 'stripe-signature': `t=${NOW},t=${NOW},v1=aa` }],
    ['Stripe without a signature', stripe, { 'stripe-signature': `t=${NOW}` }],
  ])('%s', (_name, config, headers) => {
    expect(schemeOf(config).claim(headers, NOW_MS)).toBeUndefined();
  });

  test('whatever is sent, nothing is taken that was not signed', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), fc.string(), (id, signature, body) => {
        const headers = {
          'webhook-id': id,
          'webhook-timestamp': NOW,
          'webhook-signature': signature,
          'stripe-signature': `t=${NOW},v1=${signature}`,
        };
        expect(isSigned(standard, headers, body)).toBe(false);
        expect(isSigned(stripe, headers, body)).toBe(false);
      }),
    );
  });
});

describe('configurations that could not be meant', () => {
  test.each<[object, string]>([
    [{ signature: 'standard' }, 'must be whsec_ and 24 to 64 bytes in base64'],
    [{ signature: 'github', secret: 'short' }, 'must have at least 16 characters'],
    [{ signature: 'github', secret: [] }, 'Too small'],
    [{ signature: { header: 'a b' } }, 'cannot be the name of a header'],
    [{ signature: { header: 'a', signed: '{timestamp}' } }, 'must end with {body}'],
    [{ signature: { header: 'a', signed: '{timestamp}{body}' } }, 'timestampHeader has to say'],
    [{ signature: { header: 'a', timestampHeader: 'b' } }, 'must hold {timestamp}'],
    [{ signature: 'github', headers: ['Authorization'] }, 'may hold a credential or proof'],
    [{ signature: 'sha1' }, ''],
    [{ signature: 'stripe', maxPerSecond: 1000 }, 'must be at most 50 with this maxPerSecond'],
  ])('%j', (written, message) => {
    const read = webhookSchema.safeParse({ secret: SECRET, ...written });
    expect(read.success).toBe(false);
    expect(JSON.stringify(read.error?.issues)).toContain(message);
  });
});
