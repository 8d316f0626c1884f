/** This machine as the clients' files are found on it. */
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Machine } from './client.ts';

/** @param env its folders count more than what the system says */
export function thisMachine(env: Readonly<Record<string, string | undefined>>): Machine {
  const { platform: name } = process;
  const platform = name === 'darwin' || name === 'win32' ? name : 'linux';
  const home = set(platform === 'win32' ? env['USERPROFILE'] : env['HOME']) ?? homedir();
  const settings =
    platform === 'win32'
      ? (set(env['APPDATA']) ?? join(home, 'AppData', 'Roaming'))
      : (set(env['XDG_CONFIG_HOME']) ?? join(home, '.config'));
  return { platform, home, settings, project: process.cwd() };
}

function set(value: string | undefined): string | undefined {
  return value === undefined || value === '' ? undefined : value;
}
