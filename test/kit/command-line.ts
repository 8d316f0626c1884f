/** The program as people run it: a process of its own, with what it said and how it ended. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('../../gateway/bin/drawbridge.js', import.meta.url));

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  /** Everything said so far, both streams. */
  said(): string;
  /** Resolves with the match as soon as the pattern is found in what is said from `from` on. */
  says(pattern: RegExp, from?: number): Promise<RegExpExecArray>;
  /** How it ended. */
  ended(): Promise<Ended>;
}

/**
 * Starts `drawbridge` with these words in a folder.
 * @param input what it is given on standard input; nothing where left out
 */
export function startCommand(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Running {
  const child = spawn(process.execPath, [PROGRAM, ...words], {
    cwd,
    env: { ...process.env, NO_COLOR: '', ...env },
    stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
  });
  child.stdin?.end(input);
  const streams = { stdout: '', stderr: '' };
  let all = '';
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      streams[name] += text;
      all += text;
      for (const listener of listeners) listener();
    });
  }
  const closed = once(child, 'close');
  return {
    child,
    said: () => all,
    says: (pattern, from = 0) =>
      new Promise((resolve, reject) => {
        const look = () => {
          const match = pattern.exec(all.slice(from));
          if (match === null) return;
          listeners.delete(look);
          resolve(match);
        };
        listeners.add(look);
        look();
        void closed.then(() =>
          reject(new Error(`It ended without saying ${String(pattern)}:\n${all}`)),
        );
      }),
    ended: async () => {
      const [code] = await closed;
      return { code: typeof code === 'number' ? code : null, ...streams };
    },
  };
}

/** Runs `drawbridge` with these words in a folder until it ends. */
export function runCommand(
  words: readonly string[],
  cwd: string,
  env: Readonly<Record<string, string>> = {},
  input?: string,
): Promise<Ended> {
  return startCommand(words, cwd, env, input).ended();
}
