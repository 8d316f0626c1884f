import { expect, test } from 'vitest';
import { configSchema, type Config } from '../compose/index.ts';
import type { Loaded } from '../config/index.ts';
import { Output } from './output.ts';
import { createReloader } from './reload.ts';

function parse(value: unknown): Config {
  return configSchema.parse(value);
}

function setUp(first: Config) {
  const written: string[] = [];
  const stream = { write: (text: string) => written.push(text) };
  const out = new Output({ env: {}, version: '0', stdout: stream, stderr: stream }, false);
  const log: string[] = [];
  const reloads: Config[] = [];
  const next: Loaded<Config>[] = [];
  const reloader = createReloader({
    out,
    gateway: {
      reload: (config) => {
        reloads.push(config);
        return config.limits.callTimeoutMs === 101
          ? Promise.reject(new Error('no'))
          : Promise.resolve();
      },
    },
    log: (level, text, fields) => log.push(`${level} ${text} ${JSON.stringify(fields ?? {})}`),
    config: first,
    load: () => next.shift() ?? { ok: false, problems: [], text: '' },
  });
  const give = async (...loaded: Loaded<Config>[]) => {
    next.push(...loaded);
    reloader.reload();
    await reloader.idle();
  };
  return { written, log, reloads, reloader, give, next };
}

function good(value: Config): Loaded<Config> {
  return { ok: true, value, directory: '/', warnings: [], text: '' };
}

const bad: Loaded<Config> = {
  ok: false,
  text: 'a: 1\n',
  problems: [{ file: 'f', line: 1, column: 1, path: 'a', message: 'unknown key "a"' }],
};

test('says what changed, and keeps the last good one where something is wrong', async () => {
  const first = parse({ upstreams: { a: { mcp: 'http://h/mcp' }, b: { mcp: 'http://h/mcp' } } });
  const second = parse({
    server: { listen: '127.0.0.1:1' },
    upstreams: { a: { mcp: 'http://i/mcp' }, c: { mcp: 'http://h/mcp' } },
  });
  const { log, reloads, give, written } = setUp(first);
  await give(good(first));
  await give(bad);
  await give(good(second));
  expect(reloads).toEqual([second]);
  expect(written.join('')).toContain('f:1:1 a');
  expect(log).toEqual([
    'debug the configuration means the same as before {}',
    'error configuration not reloaded; the last good one stays in force {"problems":["1:1 unknown key \\"a\\""]}',
    'info configuration reloaded {"changes":["upstream a changed","upstream b removed","upstream c added","server changed"]}',
    'warn server.listen, server.stateDir, and whether there is server.tls or server.tls.clientCa, take effect when the gateway is started again {}',
  ]);
});

test('changes that come during a reload become one more, and a failed one is not the end', async () => {
  const { log, reloads, reloader, give, next } = setUp(parse({}));
  await give(good(parse({ limits: { callTimeoutMs: 101 } })));
  expect(log).toEqual(['error the new configuration could not be put in force {"why":"no"}']);
  next.push(
    good(parse({ limits: { callTimeoutMs: 102 } })),
    good(parse({ limits: { callTimeoutMs: 103 } })),
  );
  reloader.reload();
  reloader.reload();
  reloader.reload();
  await reloader.idle();
  expect(reloads.map((config) => config.limits.callTimeoutMs)).toEqual([101, 102, 103]);
});
