/** A gateway over the interactive server in both eras and over both transports. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';
import { startGateway, type TestConfig, type TestGateway } from '../gateway.ts';
import { LeapingClock } from '../leaping-clock.ts';
import { startInteractive, type InteractiveServer } from './http.ts';
import type { Era } from './server.ts';

const CHILD = fileURLToPath(new URL('child.ts', import.meta.url));
const REVISIONS = { legacy: '2025-11-25', modern: '2026-07-28' };
const HOUR_MS = 3600_000;

/** The upstreams by name. */
export const UPSTREAMS = ['legacy-http', 'legacy-stdio', 'modern-http', 'modern-stdio'] as const;
export type UpstreamName = (typeof UPSTREAMS)[number];

export interface InteractiveWorld extends AsyncDisposable {
  readonly gateway: TestGateway;
  readonly clock: LeapingClock;
  readonly servers: ReadonlyMap<string, InteractiveServer>;
  /** What the server noted for a call: `began`, `done`, `aborted`. */
  effects(token: string): Promise<string[]>;
  /** Resolves when nothing is open any more: no question, no call, no answer of a server. */
  quiet(): Promise<void>;
  /**
   * Lets so much time pass that everything kept is thrown away.
   * @returns how many timers there are then that were not there at first
   */
  forgotten(): Promise<number>;
  close(): Promise<void>;
}

export interface WorldOptions {
  readonly only?: readonly UpstreamName[];
  readonly config?: TestConfig;
}

export async function startInteractiveWorld(options: WorldOptions = {}): Promise<InteractiveWorld> {
  const { only = UPSTREAMS, config = {} } = options;
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-interactive-'));
  const effects = join(folder, 'effects');
  const servers = new Map<string, InteractiveServer>();
  const upstreams: Record<string, unknown> = { ...config.upstreams };
  for (const name of only) {
    const [era, transport] = name.split('-') as [Era, string];
    if (transport === 'http') {
      servers.set(name, await startInteractive({ era, name, effects }));
    }
    const server = servers.get(name);
    const where =
      server === undefined
        ? { command: process.execPath, args: [CHILD, era, name, effects] }
        : { url: server.url };
    upstreams[name] = { mcp: { ...where, era: REVISIONS[era] } };
  }
  const clock = new LeapingClock();
  const gateway = await startGateway({ ...config, upstreams }, { clock });
  const status = () => gateway.gateway.status();
  const { most: atFirst } = await timersOf(clock);
  const quiet = async (): Promise<void> => {
    await expect
      .poll(() => ({
        parked: status().interactions.parked,
        open: status().interactions.open,
        calls: status().upstreams.map(({ callsUnderWay }) => callsUnderWay),
        answers: [...servers.values()].map((server) => server.openAnswers()),
      }))
      .toEqual({
        parked: 0,
        open: 0,
        calls: status().upstreams.map(() => 0),
        answers: [...servers.values()].map(() => 0),
      });
  };
  const close = async (): Promise<void> => {
    await gateway.close();
    await Promise.all([...servers.values()].map((server) => server.close()));
    await rm(folder, { recursive: true, force: true });
  };
  return {
    gateway,
    clock,
    servers,
    effects: async (token) => {
      const text = await readFile(effects, 'utf8').catch(() => '');
      const lines = text.split('\n').filter((line) => line.endsWith(` ${token}`));
      return lines.map((line) => line.slice(0, -token.length - 1));
    },
    quiet,
    forgotten: async () => {
      await quiet();
      await expect
        .poll(() => {
          clock.leap(HOUR_MS);
          const { interactions, streams } = status();
          return [interactions.kept, interactions.waiting, streams];
        })
        .toEqual([0, 0, 0]);
      return Math.max(0, (await timersOf(clock, atFirst)).least - atFirst);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

/**
 * How many timers wait while a lot of time passes and lists are read again and again.
 * @param enough fewer are not looked for
 */
async function timersOf(clock: LeapingClock, enough = 0): Promise<{ least: number; most: number }> {
  const counts: number[] = [];
  while (counts.length < 10 || (enough > 0 && counts.length < 200)) {
    clock.leap(HOUR_MS);
    await new Promise((resolve) => setTimeout(resolve, 20));
    counts.push(clock.pending);
    if (clock.pending <= enough) break;
  }
  return { least: Math.min(...counts), most: Math.max(...counts) };
}
