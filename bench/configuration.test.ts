import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { configSchema } from '../gateway/src/compose/index.ts';
import { accessConfiguration, RULES } from './access.ts';
import { gatewayConfiguration, nginxConfiguration } from './configuration.ts';

test('the committed nginx template takes both ports', () => {
  const template = readFileSync(new URL('nginx.conf', import.meta.url), 'utf8');
  const text = nginxConfiguration(template, 4001, 4002);
  expect(text).toContain('listen 127.0.0.1:4001 ');
  expect(text).toContain('server 127.0.0.1:4002;');
  expect(text).not.toMatch(/@[A-Z_]+@/);
});

test('a template without a place is refused', () => {
  expect(() => nginxConfiguration('listen @LISTEN_PORT@;', 1, 2)).toThrow('@UPSTREAM_PORT@');
});

test('with access it gets 100 rules, a key of one team, and limits', () => {
  const config = configSchema.parse(parse(accessConfiguration(4001, 4002, 4003, '/state')));
  expect(config.policy.rules).toHaveLength(RULES);
  expect(config.identity.keys).toBe(true);
  expect(config.limits.rules).toHaveLength(2);
});

test('the gateway gets one modern upstream and one allow rule', () => {
  expect(parse(gatewayConfiguration(4001, 4002, '/state "quoted"'))).toEqual({
    server: { listen: '127.0.0.1:4001', stateDir: '/state "quoted"' },
    upstreams: { bench: { mcp: { url: 'http://127.0.0.1:4002/mcp', era: '2026-07-28' } } },
    policy: { rules: [{ allow: ['bench/*'] }] },
  });
});
