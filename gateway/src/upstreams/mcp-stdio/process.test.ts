import { once } from 'node:events';
import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { systemClock, type Clock } from '../../kernel/index.ts';
import {
  createStdioSpawner,
  type StdioChild,
  type StdioExit,
  type StdioOptions,
  type StdioSpawner,
} from './process.ts';

const CHILDREN = resolve(import.meta.dirname, '../../../../test/kit/children');
const spawners: StdioSpawner[] = [];

/** The ladder's and the reaper's steps, but shorter. */
const hurried: Clock = {
  nowMs: systemClock.nowMs,
  after: (delayMs, task) => systemClock.after(delayMs / 20, task),
};

afterEach(async () => {
  await Promise.all(spawners.splice(0).map((spawner) => spawner.close()));
});

function script(name: string, ...args: string[]) {
  return { command: process.execPath, args: [resolve(CHILDREN, `${name}.ts`), ...args] };
}

interface Watched {
  readonly child: StdioChild;
  readonly messages: Record<string, unknown>[];
  readonly exit: Promise<StdioExit>;
  exits: number;
  /** Resolves with the message at `index`. */
  message(index?: number): Promise<Record<string, unknown>>;
}

function start(
  options: Pick<StdioOptions, 'command' | 'args'> & Partial<StdioOptions>,
  clock = hurried,
): Watched {
  const spawner = createStdioSpawner({ clock });
  spawners.push(spawner);
  const exit = Promise.withResolvers<StdioExit>();
  const messages: Record<string, unknown>[] = [];
  const child = spawner.spawn({
    env: {},
    inheritEnv: [],
    maxMessageBytes: 1_000_000,
    onMessage: (bytes) => messages.push(JSON.parse(bytes.toString())),
    onExit: (info) => {
      watched.exits += 1;
      exit.resolve(info);
    },
    ...options,
  });
  const watched: Watched = {
    child,
    messages,
    exit: exit.promise,
    exits: 0,
    message: (index = 0) => eventually(() => messages[index]),
  };
  return watched;
}

/** Polls until `read` gives a value; fails after 5 s. */
async function eventually<T>(read: () => T | undefined | false): Promise<T> {
  return (await vi.waitUntil(read, { timeout: 20_000, interval: 20 })) as T;
}

function alive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

describe('messages', () => {
  test('go there and back, one line each', async () => {
    const { child, messages, message } = start(script('echo'));
    expect(child.send(Buffer.from('{"a":\n1}'))).toBe(true);
    expect(child.send(Buffer.from(`{"long":"${'x'.repeat(300_000)}"}`))).toBe(true);
    await message(1);
    expect(messages).toEqual([{ a: 1 }, { long: 'x'.repeat(300_000) }]);
  });

  test('are refused while a child does not read, and once it is gone', async () => {
    const { child, message } = start(script('sloppy', 'deaf'));
    await message();
    const megabyte = Buffer.alloc(1_000_000, ' ');
    let sent = 0;
    while (sent < 20 && child.send(megabyte)) sent += 1;
    expect(sent).toBeLessThan(10);
    const stopped = child.stop();
    expect(child.send(Buffer.from('{}'))).toBe(false);
    await stopped;
    expect(child.send(Buffer.from('{}'))).toBe(false);
  });

  test('are told from logs on standard output', async () => {
    const { messages, exit } = start(script('sloppy', 'logs'));
    const info = await exit;
    expect(messages).toEqual([{ ok: 1 }, { ok: 2 }]);
    expect(info).toMatchObject({ reason: 'exited', code: 0 });
    expect(info.stderrTail).toBe('Server starting…\n[info] ready\nbye\n');
  });

  test('without an end are cut off', async () => {
    const { exit, messages } = start(script('sloppy', 'flood'));
    const info = await exit;
    expect(info.reason).toBe('protocol');
    expect(info.detail).toContain('more than 1000000 bytes');
    expect(messages).toEqual([]);
  });
});

describe('what a child is given', () => {
  test('arguments arrive as they are written', async () => {
    const args = ['; rm -rf nothing', '$(id)', '`id`', '"\'', '*', 'a b', ''];
    const { message } = start(script('describe-self', ...args));
    expect((await message())['args']).toEqual(args);
  });

  test('the environment holds nothing of ours but what is allowed', async () => {
    vi.stubEnv('DRAWBRIDGE_CANARY', 'sings');
    vi.stubEnv('DRAWBRIDGE_PASSED', 'on');
    const { message } = start({
      ...script('describe-self'),
      env: { SET: 'here' },
      inheritEnv: ['DRAWBRIDGE_PASSED'],
      cwd: CHILDREN,
    });
    vi.unstubAllEnvs();
    const self = await message();
    expect(self['env']).toMatchObject({ SET: 'here', DRAWBRIDGE_PASSED: 'on' });
    expect(self['env']).toHaveProperty('PATH');
    expect(JSON.stringify(self)).not.toContain('sings');
    expect(self['cwd']).toBe(CHILDREN);
  });
});

describe('the end', () => {
  test('a crash tells its code and last words', async () => {
    const watched = start(script('sloppy', 'crash'));
    expect(await watched.exit).toEqual({
      code: 7,
      signal: null,
      reason: 'exited',
      stderrTail: 'cannot read config.json\n',
      detail: 'The process ended by itself with code 7.',
    });
    await watched.child.stop();
    expect(watched.exits).toBe(1);
  });

  test('endless errors neither block the child nor grow', async () => {
    const { child, message } = start(script('sloppy', 'chatter'));
    await message();
    await eventually(() => child.stderrTail().endsWith('the last line\n'));
    expect(child.stderrTail().length).toBeLessThanOrEqual(65_536);
  });

  test('secrets in its errors are hidden', async () => {
    const secret = 'zebra-crossing-42';
    const { exit } = start({
      ...script('sloppy', 'secrets'),
      env: { SECRET_OF_TEST: secret },
      secrets: [secret],
    });
    expect((await exit).stderrTail).toBe('using [redacted] and token=[redacted]\n');
  });

  test('a child without output is ended', async () => {
    const { exit } = start(script('sloppy', 'mute'));
    const info = await exit;
    expect(info.reason).toBe('protocol');
    expect(info.detail).toContain('closed its standard output');
  });

  test('a polite child leaves when its input ends', async () => {
    const { child, exit } = start(script('echo'), systemClock);
    child.send(Buffer.from('{}'));
    await child.stop();
    expect(await exit).toMatchObject({ reason: 'stopped', code: 0, signal: null });
  });

  test('a stubborn child and its descendant are killed', async () => {
    const watched = start(script('stubborn'));
    const pids = (await watched.message()) as { root: number; leaf: number };
    expect(watched.child.pid).toBe(pids.root);
    await watched.child.stop();
    expect(await watched.exit).toMatchObject({ reason: 'stopped', signal: 'SIGKILL' });
    expect(watched.exits).toBe(1);
    await eventually(() => !alive(pids.root) && !alive(pids.leaf));
  });

  test('what a child leaves behind is killed with it', async () => {
    const watched = start(script('stubborn', 'leave'));
    const pids = (await watched.message()) as { root: number; leaf: number };
    expect(await watched.exit).toMatchObject({ reason: 'exited', code: 3 });
    await eventually(() => !alive(pids.leaf));
  });
});

describe('a child that cannot start', () => {
  test.each([
    ['not installed', { command: 'no-such-program-here' }, /not found\. Install it/],
    ['a whole command line', { command: 'node server.js' }, /holds a space/],
    ['a wrong path', { command: '/no/such/program' }, /Check the path/],
    ['not executable', { command: resolve(CHILDREN, 'echo.ts') }, /may not be executed/],
    ['no directory', { command: process.execPath, cwd: '/no/such/dir' }, /working directory/],
    ['a zero byte', { command: process.execPath, args: ['\0'] }, /could not be started/],
    ['empty', { command: '' }, /could not be started/],
  ])('%s', async (_name, options, words) => {
    const { child, exit } = start({ args: [], ...options });
    expect(child.pid).toBeUndefined();
    const info = await exit;
    expect(info).toMatchObject({ reason: 'spawn_failed', code: null, signal: null });
    expect(info.detail).toMatch(words);
    expect(info.stderrTail).toBe(info.detail);
    expect(child.send(Buffer.from('{}'))).toBe(false);
    await child.stop();
  });

  test('secrets are hidden in the reason', async () => {
    const { exit } = start({ command: 'run-s3cret-tool', args: [], secrets: ['s3cret'] });
    expect((await exit).detail).toContain('"run-[redacted]-tool" was not found');
  });

  test('after close, none is started', async () => {
    const spawner = createStdioSpawner({ clock: hurried });
    await spawner.close();
    const exit = Promise.withResolvers<StdioExit>();
    spawner.spawn({
      ...script('echo'),
      env: {},
      inheritEnv: [],
      maxMessageBytes: 1000,
      onMessage: () => {},
      onExit: exit.resolve,
    });
    expect(await exit.promise).toMatchObject({ reason: 'spawn_failed' });
  });
});

/** Supervises one child like the gateway does and passes on what it hears. */
const STAND_IN = `
  import { createStdioSpawner } from ${JSON.stringify(import.meta.resolve('./process.ts'))};
  import { systemClock } from ${JSON.stringify(import.meta.resolve('../../kernel/index.ts'))};
  const [command, ...args] = process.argv.slice(1);
  createStdioSpawner({ clock: systemClock }).spawn({
    command, args, env: {}, inheritEnv: [], maxMessageBytes: 65536,
    onMessage: (bytes) => console.log(bytes.toString()),
    onExit: (exit) => console.log(JSON.stringify(exit)),
  });
`;

function standIn(child: { command: string; args: string[] }) {
  const args = ['--input-type=module', '-e', STAND_IN, '--', child.command, ...child.args];
  const gateway = spawn(process.execPath, args, {
    detached: true,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const line = once(createInterface({ input: gateway.stdout }), 'line');
  return { gateway, heard: line.then(([text]) => JSON.parse(text)) };
}

describe('a gateway', () => {
  test('whose whole group is killed leaves neither child nor grandchild behind', async () => {
    const { gateway, heard } = standIn(script('stubborn'));
    const pids = (await heard) as { root: number; leaf: number };
    expect([pids.root, pids.leaf].every(alive)).toBe(true);
    process.kill(-gateway.pid!, 'SIGKILL');
    await eventually(() => !alive(pids.root) && !alive(pids.leaf));
  });

  test('without children is not kept running by its reaper', async () => {
    const { gateway, heard } = standIn(script('sloppy', 'crash'));
    const ended = once(gateway, 'exit');
    expect(await heard).toMatchObject({ reason: 'exited', code: 7 });
    expect(await ended).toEqual([0, null]);
  });
});
