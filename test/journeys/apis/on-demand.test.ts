/** What only APIs need is loaded where there is one, so that a gateway without them starts sooner. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startCommand } from '../../kit/command-line.ts';
import { sendOutcome, startPeer } from '../../kit/http-peer.ts';

const HOOK = new URL('../../kit/children/write-loaded.ts', import.meta.url).href;
const SERVER = 'server: { listen: 127.0.0.1:0, stateDir: state }\n';
const DOCUMENT = `openapi: 3.1.0
info: { title: Shop, version: '1' }
servers: [{ url: 'http://127.0.0.1:9' }]
paths: { /orders: { get: { operationId: listOrders, responses: {} } } }
`;

/** Of the machinery, what is needed to read a configuration. */
const OF_THE_CONFIGURATION = [
  'openapi/config-schema.ts',
  'soap/config-schema.ts',
  'graphql/config-schema.ts',
  'graphql/subscriptions/config-schema.ts',
  'grpc/config-schema.ts',
  'sql/config-schema.ts',
  'sql/dialect.ts',
  'sql/address-problem.ts',
  'sql/principals/schema.ts',
  'api/kind-names.ts',
  'api/list-settings.ts',
  'api/schema/profile-names.ts',
  'api/results/projection.ts',
  'api/results/projection-functions.ts',
  'api/results/projection-lexer.ts',
  'api/results/projection-parser.ts',
  'api/results/projection-steps.ts',
];

/** Serves a configuration until it has said what its upstreams offer. @returns the modules */
async function loadedBy(configuration: string, says: RegExp): Promise<string[]> {
  const here = mkdtempSync(join(tmpdir(), 'drawbridge-loaded-'));
  onTestFinished(() => rmSync(here, { recursive: true, force: true }));
  writeFileSync(join(here, 'drawbridge.yaml'), SERVER + configuration);
  writeFileSync(join(here, 'shop.yaml'), DOCUMENT);
  const gateway = startCommand(['serve'], here, {
    NODE_OPTIONS: `--import=${HOOK}`,
    LOADED_MODULES: join(here, 'loaded'),
  });
  onTestFinished(() => void gateway.child.kill('SIGKILL'));
  await gateway.says(says);
  gateway.child.kill('SIGTERM');
  expect(await gateway.ended()).toMatchObject({ code: 0 });
  return readFileSync(join(here, 'loaded'), 'utf8').trim().split('\n');
}

function machinery(modules: readonly string[]): string[] {
  return modules.flatMap((module) => {
    const [, own] =
      /\/gateway\/src\/upstreams\/((?:api|openapi|graphql|grpc|sql)\/.*|apis\.ts)$/.exec(module) ??
      [];
    const [, foreign] =
      /\/node_modules\/(ajv|js-yaml|re2js|graphql|protobufjs|@bufbuild|pg|mysql2|ws)\//.exec(
        module,
      ) ?? [];
    const name = own ?? foreign;
    return name === undefined || OF_THE_CONFIGURATION.includes(name) ? [] : [name];
  });
}

test('a gateway without APIs serves without having loaded what only APIs need', async () => {
  await using peer = await startPeer((request, response) =>
    sendOutcome(request, response, '"result":{"resultType":"complete","tools":[]}'),
  );
  const modules = await loadedBy(
    `upstreams: { up: { mcp: { url: '${peer.url}', era: '2026-07-28' } } }\n`,
    /UPSTREAM[^]*\n {2}up /,
  );
  expect(modules.length).toBeGreaterThan(100);
  expect(modules.some((module) => module.endsWith('/upstreams/upstreams.ts'))).toBe(true);
  expect(machinery(modules)).toEqual([]);
  const commands = modules.filter((module) => module.includes('/gateway/src/cli/commands/'));
  expect(commands.map((module) => module.split('/').at(-1))).toEqual(['serve.ts']);
});

test('a gateway with an API loads it and lists what it offers', async () => {
  const modules = await loadedBy(
    `upstreams: { shop: { openapi: ./shop.yaml } }\n`,
    /shop +2 tools/,
  );
  expect(machinery(modules)).toEqual(
    expect.arrayContaining(['apis.ts', 'openapi/kind.ts', 'api/connector.ts', 'ajv', 're2js']),
  );
});
