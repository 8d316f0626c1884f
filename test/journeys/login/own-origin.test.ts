/** Forms of the gateway's own pages come in under the address that people know it by. */
import { request } from 'node:http';
import { expect, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';

const ISSUER = 'https://login.example.com';

/** @returns the status and the body of an answer to a form */
async function post(origin: string, headers: Record<string, string>): Promise<[number, string]> {
  return await new Promise((resolve, reject) => {
    const asking = request(`${origin}/logout`, { method: 'POST', headers }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => (text += String(chunk)));
      answer.on('end', () => resolve([answer.statusCode ?? 0, text]));
    });
    asking.on('error', reject);
    asking.end();
  });
}

test.each([
  ['https://tools.example.com', 303, ''],
  ['https://evil.example', 403, 'origin_not_allowed'],
  ['http://tools.example.com', 403, 'origin_not_allowed'],
  ['null', 403, 'origin_not_allowed'],
])('a form of %s: %i', async (origin, status, words) => {
  await using gateway = await startGateway({
    server: { publicUrl: 'https://tools.example.com' },
    identity: { oauth: [{ issuer: ISSUER, audience: 'https://tools.example.com/mcp' }] },
    login: { providers: [{ issuer: ISSUER, clientId: 'drawbridge' }] },
  });
  const headers = { host: 'tools.example.com', origin };
  const [code, text] = await post(gateway.origin, headers);
  expect([code, text]).toEqual([status, expect.stringContaining(words)]);
});
