/** `policy`, `usage` and `keys` as people type them: good and bad words, `--json`, exit codes. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runCommand, type Ended } from '../kit/command-line.ts';

const CONFIG = `
server: { stateDir: state }
identity: { keys: true }
upstreams:
  crm: { mcp: http://127.0.0.1:1/mcp, labels: [customers] }
  off: { mcp: http://127.0.0.1:1/mcp, enabled: false }
endpoints:
  default: {}
  reports: { include: ["crm/*_report"] }
policy:
  rules:
    - { name: sales works, who: { teams: [sales] }, allow: ["crm/*"] }
    - { name: nobody deletes, deny: ["crm/delete_*"], because: Archive them. }
    - { name: small refunds, who: { groups: [finance] }, allow: ["crm/refund"], when: "args.amount <= 100.0" }
    - { name: from the office, who: { users: [eve] }, allow: ["crm/find"], when: 'network.address == "10.0.0.7"' }
    - { name: mail, who: { agents: [mailer] }, approve: ["crm/send"] }
`;
const EVE = '{"user":"eve","groups":["finance"]}';
const MINUTES_MS = 600_000;

let here = '';
let id = '';
const drawbridge = (...words: readonly string[]): Promise<Ended> => runCommand(words, here);
const json = ({ stdout }: Ended): Record<string, unknown> =>
  JSON.parse(stdout) as Record<string, unknown>;

beforeAll(async () => {
  here = mkdtempSync(join(tmpdir(), 'drawbridge-access-cli-'));
  writeFileSync(join(here, 'drawbridge.yaml'), CONFIG);
  const made = await drawbridge('keys', 'create', '--name', 'bot', '--team', 'sales', '--json');
  id = String(json(made)['id']);
}, MINUTES_MS);
afterAll(() => rmSync(here, { recursive: true, force: true }));

/** `ID` stands for the key's id. */
type Row = readonly [words: readonly string[], code: number, says: RegExp];

const EXPLAIN: readonly Row[] = [
  [['--as', 'ID', '--tool', 'crm/find'], 0, /bot, of team sales, with the API key [^]*Answer: yes/],
  [['--as', 'key:ID', '--tool', 'crm__find'], 0, /Answer: yes/],
  [['--as', 'ID', '--tool', 'crm/delete_x'], 4, /hidden from this caller[^]*It says: Archive them/],
  [['--as', 'ID', '--tool', 'crm/find', '-e', 'reports'], 4, /endpoint reports does not show it/],
  [['--as', 'ID', '--tool', 'resource:crm/crm://1'], 0, /the resource crm:\/\/1 of crm/],
  [['--as', 'ID', '--tool', 'off/find'], 4, /off is switched off/],
  [['--as', 'bob', '--tool', 'crm/find'], 4, /no rule allows it[^]*Only what was described counts/],
  [['--tool', 'crm/find'], 4, /somebody on the machine of the gateway/],
  [['--as', 'local', '--tool', 'crm/find'], 4, /Answer: no/],
  [['--as', EVE, '--tool', 'crm/refund'], 0, /it depends[^]*--args/],
  [['--as', EVE, '--tool', 'crm/refund', '--args', '{"amount":5}'], 0, /Answer: yes/],
  [
    ['--as', EVE, '--tool', 'crm/refund', '--args', '{"amount":500}'],
    4,
    /sees it in the list, but/,
  ],
  [['--as', EVE, '--tool', 'crm/refund', '--args', '{}'], 4, /cannot be evaluated/],
  [['--as', EVE, '--tool', 'crm/find', '--args', '{}', '--address', '10.0.0.7'], 0, /Answer: yes/],
  [['--as', EVE, '--tool', 'crm/find', '--args', '{}', '--address', '10.0.0.8'], 4, /Answer: no/],
  [['--as', '{"agent":"mailer"}', '--tool', 'crm/send'], 0, /only after a person has said yes/],
  [['--as', 'ID'], 2, /either --tool or --decision/],
  [['--tool', 'crm/find', '--decision', 'x'], 2, /either --tool or --decision/],
  [['--as', 'ID', '--tool', 'find'], 1, /upstream\/name/],
  [['--as', 'ID', '--tool', 'crn/find'], 1, /no upstream "crn"[^]*"crm"/],
  [['--as', '0123456789ab', '--tool', 'crm/find'], 1, /no API key 0123456789ab/],
  [['--as', '{"usr":"x"}', '--tool', 'crm/find'], 1, /is no caller/],
  [['--as', '{', '--tool', 'crm/find'], 1, /is no JSON/],
  [['--as', 'ID', '--tool', 'crm/find', '--args', '[]'], 1, /JSON object/],
  [['--as', 'ID', '--tool', 'crm/find', '-e', 'report'], 1, /no endpoint "report"[^]*"reports"/],
  [['--decision', 'nope-1'], 1, /no decision "nope-1"/],
  [['--decision', 'nope-1', '-c', 'none.yaml'], 1, /does not exist/],
  [['--what'], 2, /unknown option/],
];

describe('policy explain', () => {
  test.each(EXPLAIN)(
    '%j',
    async (words, code, says) => {
      const ended = await drawbridge(
        'policy',
        'explain',
        ...words.map((word) => word.replace('ID', id)),
      );
      expect([ended.code, ended.stdout + ended.stderr]).toEqual([
        code,
        expect.stringMatching(says),
      ]);
      expect(code === 0 || code === 4 ? ended.stderr : ended.stdout).toBe('');
    },
    MINUTES_MS,
  );

  test(
    'as JSON, good or not',
    async () => {
      const good = await drawbridge(
        'policy',
        'explain',
        '--as',
        id,
        '--tool',
        'crm/find',
        '--json',
      );
      expect(json(good)).toMatchObject({
        ok: true,
        outcome: 'allow',
        isListed: true,
        isPossible: true,
        reach: 'shown',
        rule: 'sales works',
        words: expect.arrayContaining(['Rules about it:']),
      });
      const bad = await drawbridge('policy', 'explain', '--decision', 'nope-1', '--json');
      expect(json(bad)).toMatchObject({ ok: false, error: { code: 'decision_unknown' } });
    },
    MINUTES_MS,
  );

  test(
    'of a decision that was made, and of rules that have changed since',
    async () => {
      const record = {
        time: '2026-11-21T10:00:00.000Z',
        id: 'x',
        principal: `key:${id}`,
        agent: 'bot',
        team: 'sales',
        verifiedBy: `key ${id}`,
        endpoint: 'default',
        asked: 'crm__delete_x',
        decision: 'made-earlier-7',
        decided: 'deny',
        rule: 'nobody deletes',
        rules: '000000000000',
        hidden: 'tool:crm/delete_x',
        considered: ['nobody deletes'],
        outcome: 'refused',
        reason: 'item_unknown',
      };
      writeFileSync(join(here, 'state/audit.jsonl.1'), `${JSON.stringify(record)}\n`);
      const ended = await drawbridge('policy', 'explain', '--decision', 'made-earlier-7');
      expect(ended).toMatchObject({ code: 4, stderr: '' });
      expect(ended.stdout).toMatch(
        /hidden from the caller by the rule "nobody deletes"[^]*THE RULES HAVE CHANGED SINCE[^]*Answer: no/,
      );
      const shown = await drawbridge('policy', 'explain', '--decision', 'made-earlier-7', '--json');
      expect(json(shown)).toMatchObject({
        ok: true,
        hasChanged: true,
        record,
        rule: 'nobody deletes',
      });
    },
    MINUTES_MS,
  );
});

const OTHERS: readonly Row[] = [
  [['policy', 'lint'], 0, /^ok: 5 rules\n$/],
  [['policy', 'lint', '-c', 'odd.yaml'], 1, /"gone" names no upstream[^]*"twice" never decides/],
  [['policy', 'lint', '-c', 'odd.yaml', '--json'], 1, /"findings":\[\{"rule":"gone"/],
  [['policy', 'test', 'good.yaml'], 0, /^2 of 2 as expected\n$/],
  [
    ['policy', 'test', 'wrong.yaml'],
    1,
    /1\. crm\/find: expected deny, is allow by the rule "sales works"/,
  ],
  [['policy', 'test', 'wrong.yaml', '--json'], 1, /"tests":2,"failed":\[\{"test":1/],
  [['policy', 'test', 'none.yaml'], 1, /none\.yaml/],
  [['policy', 'test', 'drawbridge.yaml'], 1, /tests/],
  [['policy', 'test'], 2, /missing required argument/],
  [['usage'], 0, /^Nothing was used in this time\.\n$/],
  [
    ['usage', '--by', 'team', '--since', '7d', '--json'],
    0,
    /"by":"team","since":"\d{4}-[^"]+","usage":\[\]/,
  ],
  [['usage', '--by', 'nobody'], 2, /Allowed choices/],
  [['usage', '--since', 'soon'], 2, /such as 90d/],
  [['keys', 'list'], 0, /ID +NAME[^]*bot[^]*sales/],
  [['keys', 'list', '--json'], 0, /"keys":\[\{"id":"[0-9a-f]{12}","name":"bot","state":"good"/],
  [['keys', 'expire', 'ID', '--in', '1d'], 0, /is good until/],
  [['keys', 'expire', 'ID', '--in', 'later'], 2, /such as 90d/],
  [['keys', 'rotate', 'ID', '--overlap', '1s', '--expires', '2d', '--json'], 0, /"replaces":"ID"/],
  [['keys', 'rotate', 'ID'], 1, /is replaced by|is expired/],
  [['keys', 'rotate', 'ID', '--overlap', '-1'], 2, /such as 90d/],
  [['keys', 'revoke', 'ID'], 0, /\(bot\) is revoked/],
  [['keys', 'revoke', '000000000000', '--json'], 1, /"code":"key_unknown"/],
  [['keys', 'create', '--name', ''], 2, /one line/],
];

test(
  'policy test and lint, usage and keys, one after another',
  async () => {
    const odd =
      '    - { name: gone, allow: ["gone/*"] }\n' +
      '    - { name: twice, who: { teams: [sales] }, allow: ["crm/find"] }\n';
    writeFileSync(join(here, 'odd.yaml'), CONFIG + odd);
    const expectation = (expected: string) => `tests:
  - { as: { team: sales }, item: crm/find, expect: ${expected} }
  - { as: ${EVE}, item: crm/refund, args: { amount: 5 }, expect: allow }
`;
    writeFileSync(join(here, 'good.yaml'), expectation('allow'));
    writeFileSync(join(here, 'wrong.yaml'), expectation('deny'));
    for (const [words, code, says] of OTHERS) {
      const ended = await drawbridge(...words.map((word) => word.replace('ID', id)));
      const pattern = new RegExp(says.source.replace('"ID"', `"${id}"`));
      expect([words, ended.code, ended.stdout + ended.stderr]).toEqual([
        words,
        code,
        expect.stringMatching(pattern),
      ]);
    }
  },
  MINUTES_MS,
);
