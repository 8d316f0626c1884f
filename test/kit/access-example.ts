/** The examples of docs/access.md in a folder of their own, with the gateway that they are about. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PageShell } from './page-session.ts';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

export interface AccessExample extends AsyncDisposable {
  readonly folder: string;
  readonly shell: PageShell;
  /** Starts what the page starts with npm; its address is known to the shell from then on. */
  start(config: string, env?: Readonly<Record<string, string>>): Promise<void>;
}

export function openAccessExample(env: Readonly<Record<string, string>> = {}): AccessExample {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-access-'));
  for (const name of ['access', 'crm']) {
    const ours = (path: string): boolean => !path.includes('.drawbridge');
    cpSync(join(ROOT, 'examples', name), join(folder, 'examples', name), {
      recursive: true,
      filter: ours,
    });
  }
  mkdirSync(join(folder, 'bin'));
  const program = join(ROOT, 'gateway/bin/drawbridge.js');
  writeFileSync(
    join(folder, 'bin/drawbridge'),
    `#!/bin/sh\nexec "${process.execPath}" "${program}" "$@"\n`,
    { mode: 0o755 },
  );
  // Commands need the variable to be set, also those that do not use its value.
  const path = `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`;
  const variables = { PATH: path, CRM_URL: 'http://127.0.0.1:1', NO_COLOR: '1', ...env };
  const shell = new PageShell(folder, variables);
  let stop = async (): Promise<void> => Promise.resolve();
  return {
    folder,
    shell,
    start: async (config, more = {}) => {
      const running = await startCrm(join(folder, 'examples/access', config), {
        ...variables,
        ...more,
      });
      stop = running.stop;
      shell.means('http://127.0.0.1:8080', running.url);
      await shell.run({ command: `export CRM_URL=${running.crmUrl}`, output: '' });
    },
    [Symbol.asyncDispose]: async () => {
      shell[Symbol.dispose]();
      await stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function startCrm(config: string, env: Readonly<Record<string, string>>) {
  const words = ['examples/start.ts', '--example', 'crm', '--listen', '127.0.0.1:0'];
  const child = spawn(process.execPath, words, {
    cwd: ROOT,
    env: { ...process.env, ...env, DRAWBRIDGE_CONFIG: config },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const ended = once(child, 'exit');
  let said = '';
  const found = await new Promise<{ url: string; crmUrl: string }>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        said += text;
        const url = /listens on (http:\/\/[^/\s]+)/.exec(said)?.[1];
        const crmUrl = /CRM is at (http:\/\/[^/\s]+)/.exec(said)?.[1];
        if (url !== undefined && crmUrl !== undefined) resolve({ url, crmUrl });
      });
    }
    void ended.then(() => reject(new Error(said)));
  });
  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    await ended;
  };
  return { ...found, stop };
}
