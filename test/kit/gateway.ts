/** A gateway in this process, on a free port, with a state folder of its own. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as nextLook } from 'node:timers/promises';
import { configSchema, createGateway, type Gateway } from '../../gateway/src/compose/index.ts';
import { systemClock, type Clock } from '../../gateway/src/kernel/index.ts';

/** Sections of a configuration as a person would write them; `server` is filled in. */
export interface TestConfig {
  readonly server?: Record<string, unknown>;
  readonly identity?: unknown;
  readonly admin?: unknown;
  readonly login?: unknown;
  readonly upstreams?: Record<string, unknown>;
  readonly endpoints?: Record<string, unknown>;
  readonly interactions?: unknown;
  readonly policy?: unknown;
  readonly limits?: unknown;
  readonly audit?: unknown;
}

export interface TestGateway extends AsyncDisposable {
  /** The endpoint `default`. */
  readonly url: string;
  /** `http://127.0.0.1:<port>` without a path. */
  readonly origin: string;
  readonly stateDir: string;
  readonly gateway: Gateway;
  /** Log lines so far: level, text and fields. */
  readonly log: string[];
  reload(config: TestConfig): Promise<void>;
  /** The audit records so far; everything recorded is on disk first. */
  records(): Promise<Record<string, unknown>[]>;
  close(): Promise<void>;
}

export interface StartOptions {
  readonly clock?: Clock;
  readonly waitForLists?: boolean;
  /** No upstream is meant to fail, so all are waited for, however slow the machine is. */
  readonly untilListed?: boolean;
}

/** Longer than the second attempt of an upstream whose first one was too late. */
const LISTED_WITHIN_MS = 25_000;

/** Starts a gateway and waits until its first lists are in or their deadlines have passed. */
export async function startGateway(
  config: TestConfig,
  options: StartOptions = {},
): Promise<TestGateway> {
  const stateDir = await mkdtemp(join(tmpdir(), 'drawbridge-test-'));
  const log: string[] = [];
  const parse = (sections: TestConfig) =>
    configSchema.parse({
      ...sections,
      server: { listen: '127.0.0.1:0', stateDir, ...sections.server },
    });
  const gateway = await createGateway({
    config: parse(config),
    directory: stateDir,
    clock: options.clock ?? systemClock,
    version: '0.0.0-test',
    log: (level, text, fields) => log.push(`${level} ${text} ${JSON.stringify(fields ?? {})}`),
  });
  const { url } = await gateway.listen();
  if (options.waitForLists !== false) await gateway.ready();
  if (options.untilListed === true) await listed(gateway);
  const close = async (): Promise<void> => {
    await gateway.close(1000);
    await rm(stateDir, { recursive: true, force: true });
  };
  return {
    url: `${url}/mcp`,
    origin: url,
    stateDir,
    gateway,
    log,
    reload: (sections) => gateway.reload(parse(sections)),
    records: async () => {
      await gateway.flushAudit();
      const text = await readFile(join(stateDir, 'audit.jsonl'), 'utf8').catch(() => '');
      return text
        .split('\n')
        .filter((line) => line !== '')
        .map((line) => JSON.parse(line) as Record<string, unknown>);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

async function listed(gateway: Gateway): Promise<void> {
  const deadlineMs = performance.now() + LISTED_WITHIN_MS;
  while (performance.now() < deadlineMs) {
    if (gateway.status().lists.every(({ items }) => items !== undefined)) return;
    await nextLook(20);
  }
}
