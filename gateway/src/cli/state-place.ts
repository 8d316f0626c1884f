/** Where a gateway keeps what outlives it: what commands that change it have to know for certain. */
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { ownRecordFile, recordFile, type Config } from '../compose/index.ts';
import { loadConfig, readBounded } from '../config/index.ts';
import { secretsSchema } from '../secrets/index.ts';
import { configFile, type CommonOptions } from './config-file.ts';
import type { ExitCode } from './exit-codes.ts';
import type { Output } from './output.ts';
import { loadOrFail } from './session.ts';
import { permissive } from './stdio/look-around.ts';

export interface StatePlace {
  /** Absolute. */
  readonly stateDir: string;
  /** The folder that relative paths of the configuration begin at. */
  readonly directory: string;
  /** Absolute. What a gateway records on its standard output, commands record in the state folder. */
  readonly recordFile: string;
  readonly secrets: Config['secrets'];
}

/** Stands for what only the surroundings of the gateway know; no path has it. */
const UNKNOWN = '\u0000';

const known = z.string().refine((text) => !text.includes(UNKNOWN));
const schema = z.looseObject({
  server: z.looseObject({ stateDir: known.default('.drawbridge') }).prefault({}),
  audit: z.looseObject({ file: known.optional() }).prefault({}),
  secrets: secretsSchema.prefault({}),
});

/**
 * Variables and secrets that the configuration uses elsewhere need not be there, so that commands
 * work where the gateway is not started.
 * @param needsFile false where the places of a file that does not exist yet will do
 * @returns the exit code where the places are not certain; what is wrong has been said
 */
export async function findState(
  out: Output,
  options: CommonOptions,
  needsFile: boolean,
): Promise<StatePlace | ExitCode> {
  const file = configFile(out, options);
  if (!needsFile && !existsSync(file)) return placeBeside(file);
  const { env } = out.surroundings;
  const glance = loadConfig({
    file,
    schema,
    env: permissive(env, UNKNOWN),
    readFile: (path, maxBytes) =>
      path === file ? readBounded(path, maxBytes) : Buffer.from(UNKNOWN),
    secret: () => ({ text: UNKNOWN }),
  });
  const loaded =
    glance.ok && isKnown(glance.value.secrets) ? glance : await loadOrFail(out, options);
  if (typeof loaded === 'number') return loaded;
  const { directory, value } = loaded;
  const stateDir = resolve(directory, value.server.stateDir);
  return {
    stateDir,
    directory,
    recordFile: recordFile(value, directory) ?? ownRecordFile(stateDir),
    secrets: value.secrets,
  };
}

function isKnown({ key }: Config['secrets']): boolean {
  return key === undefined || !Object.values(key).some((text) => text.includes(UNKNOWN));
}

function placeBeside(file: string): StatePlace {
  const directory = dirname(resolve(file));
  const stateDir = join(directory, '.drawbridge');
  return { stateDir, directory, recordFile: ownRecordFile(stateDir), secrets: {} };
}
