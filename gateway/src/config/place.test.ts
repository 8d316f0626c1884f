import { expect, test } from 'vitest';
import { lineOf } from './place.ts';

const TEXT = `server: {}
upstreams:
  crm:
    mcp: \${CRM}
policy:
  rules:
    - allow: ["*"]
    - name: second
      deny: [crm/x]
`;

test.each([
  [['policy', 'rules', 0], 7],
  [['policy', 'rules', 1], 8],
  [['upstreams', 'crm'], 3],
  [['upstreams', 'crm', 'enabled'], undefined],
])('%j stands on line %s', (path, line) => {
  expect(lineOf('drawbridge.yaml', TEXT, path)).toBe(line);
});

test('of what is no YAML nothing is known', () => {
  expect(lineOf('drawbridge.yaml', '{{{', ['a'])).toBeUndefined();
});
