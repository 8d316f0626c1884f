/** Nothing secret in what the commands say, log or write, whichever source it came from. */
import { mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { runCommand } from '../kit/command-line.ts';

const VAULT = 'vault-canary-5up3r';
const ENV = 'env-canary-5up3r';
const TOKEN = 'token-canary-5up3r';
const CANARY = /(?:vault|env|token)-canary/;

/** Gives out a token, and refuses it as an MCP server with a challenge. */
async function serve(): Promise<{ url: string; heard: string[] }> {
  const heard: string[] = [];
  const server = createServer((request, response) => {
    heard.push(`${request.url ?? ''} ${request.headers.authorization ?? ''}`);
    if (request.url === '/token') {
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify({ access_token: TOKEN, token_type: 'Bearer' }));
      return;
    }
    const said = request.headers.authorization ?? '';
    response.writeHead(401, { 'www-authenticate': `Bearer realm="${said}"` }).end(said);
  });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return { url: `http://127.0.0.1:${port}`, heard };
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile());
}

test('vault, environment and fetched tokens stay out of every output', async () => {
  const { url, heard } = await serve();
  const here = mkdtempSync(join(tmpdir(), 'drawbridge-canaries-'));
  onTestFinished(() => rmSync(here, { recursive: true, force: true }));
  writeFileSync(
    join(here, 'drawbridge.yaml'),
    `server: { stateDir: state }
upstreams:
  kept: { mcp: ${url}/kept, auth: { bearer: secret:kept } }
  given: { mcp: ${url}/given, headers: { X-Key: "\${GIVEN}" } }
  fetched:
    mcp: ${url}/fetched
    auth: { clientCredentials: { tokenUrl: ${url}/token, clientId: gw, clientSecret: secret:kept } }
`,
  );
  const env = { GIVEN: ENV };
  const said = [
    await runCommand(['secrets', 'set', 'kept'], here, env, VAULT),
    await runCommand(['secrets', 'list', '--json'], here, env),
    await runCommand(['check', '--json'], here, env),
    await runCommand(['tools', '--verbose'], here, env),
  ];
  expect(said.map(({ code }) => code)).toEqual([0, 0, 0, 3]);
  for (const { stdout, stderr } of said) expect(stdout + stderr).not.toMatch(CANARY);
  for (const path of filesIn(join(here, 'state'))) {
    expect(CANARY.test(readFileSync(path, 'latin1'))).toBe(false);
  }
  expect(heard).toContain(`/kept Bearer ${VAULT}`);
  expect(heard).toContain(`/fetched Bearer ${TOKEN}`);
  expect(heard.filter((each) => each === '/fetched ')).toEqual([]);
}, 180_000);
