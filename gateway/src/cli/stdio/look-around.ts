/** What a bridge has to know of a configuration to find its gateway. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { loadConfig, readBounded } from '../../config/index.ts';

export interface Bearings {
  /** Absolute. */
  readonly stateDir: string;
  readonly maxBodyBytes: number;
}

const DEFAULT_STATE = '.drawbridge';
const DEFAULT_BODY_BYTES = 4 * 1024 * 1024;

const bearingsSchema = z.looseObject({
  server: z.looseObject({ stateDir: z.string().default(DEFAULT_STATE) }).prefault({}),
  limits: z
    .looseObject({ maxBodyBytes: z.number().min(1024).default(DEFAULT_BODY_BYTES) })
    .prefault({}),
});

/**
 * Reads no more than that: a client that starts the bridge seldom has the variables set that the
 * gateway was started with, and a gateway that runs has been told already what is wrong.
 * @returns undefined where even that cannot be read
 */
export function lookAround(
  file: string,
  env: Readonly<Record<string, string | undefined>>,
): Bearings | undefined {
  const loaded = loadConfig({
    file,
    schema: bearingsSchema,
    env: permissive(env),
    readFile: (path, maxBytes) => (path === file ? readBounded(path, maxBytes) : Buffer.from('')),
    secret: () => ({ text: '' }),
  });
  if (!loaded.ok) return undefined;
  const { server, limits } = loaded.value;
  return {
    stateDir: resolve(loaded.directory, server.stateDir),
    maxBodyBytes: limits.maxBodyBytes,
  };
}

type Env = Record<string, string | undefined>;

/**
 * Variables of which none is missing.
 * @param missing stands for each that is not set
 */
export function permissive(env: Readonly<Env>, missing = ''): Env {
  const valueOf = (name: string | symbol): string =>
    typeof name === 'string' && Object.hasOwn(env, name) ? (env[name] ?? missing) : missing;
  return new Proxy(
    { ...env },
    {
      get: (_, name) => valueOf(name),
      getOwnPropertyDescriptor: (_, name) => ({
        configurable: true,
        enumerable: true,
        writable: true,
        value: valueOf(name),
      }),
    },
  );
}
