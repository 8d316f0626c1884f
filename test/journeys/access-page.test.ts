/** docs/access.md: every example and every command of it, run as it is written there. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { openAccessExample, type AccessExample } from '../kit/access-example.ts';
import { startIssuer } from '../kit/oidc.ts';
import { commandsIn, partOf } from '../kit/page-session.ts';

const read = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');
const PAGE = read('docs/access.md');
const MINUTES_MS = 600_000;
const AUDIENCE = 'https://tools.example.com/mcp';

/** Runs the commands of a part of the page; each prints what the page says. */
async function follow({ shell }: AccessExample, heading: string): Promise<number> {
  const commands = commandsIn(partOf(PAGE, heading));
  for (const shown of commands) {
    // Usage is written down a few seconds after it happened.
    const attempts = shown.command.startsWith('drawbridge usage') ? 20 : 1;
    let printed = await shell.run(shown);
    for (let done = 1; done < attempts && printed !== shown.output; done++) {
      printed = await shell.run(shown);
    }
    expect([shown.command, printed]).toEqual([shown.command, shown.output]);
  }
  return commands.length;
}

test.each(['teams.yaml', 'teams-test.yaml', 'oidc.yaml'])('%s stands on the page', (file) => {
  expect(PAGE).toContain(`\`\`\`yaml\n${read(`examples/access/${file}`)}\`\`\``);
});

describe('what the page shows is what happens', () => {
  test(
    'for three teams, and for somebody who does not see a tool',
    async () => {
      await using example = openAccessExample();
      await example.start('teams.yaml');
      expect(await follow(example, '## API keys: three teams')).toBeGreaterThan(5);
      expect(await follow(example, "## Why can't my agent see this tool?")).toBeGreaterThan(5);
    },
    MINUTES_MS,
  );

  test(
    'for one OIDC issuer',
    async () => {
      await using issuer = await startIssuer();
      const tokenOf = (sub: string, groups: readonly string[]) =>
        issuer.sign({
          sub,
          groups,
          aud: AUDIENCE,
          exp: Math.floor(Date.now() / 1000) + 600,
          scope: 'tools',
          client_id: 'assistant',
        });
      await using example = openAccessExample({
        OIDC_ISSUER: issuer.url,
        LEAD_TOKEN: await tokenOf('lea', ['sales', 'sales-leads']),
        SALES_TOKEN: await tokenOf('bob', ['sales']),
      });
      await example.start('oidc.yaml');
      expect(await follow(example, '## Access tokens: one OIDC issuer')).toBeGreaterThan(3);
    },
    MINUTES_MS,
  );
});
