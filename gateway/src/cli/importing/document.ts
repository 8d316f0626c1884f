/** The configuration file that the import writes into. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { configSchema } from '../../compose/index.ts';
import { addUpstream, loadConfig, readBounded, type Loaded } from '../../config/index.ts';
import { listenAddress } from '../../listeners/index.ts';
import type { OwnPlaces } from './own-entry.ts';
import type { Taken } from './plan.ts';

export interface Document {
  readonly file: string;
  readonly text: string;
  /** The upstreams as they are written, placeholders included. */
  readonly existing: Readonly<Record<string, unknown>>;
  readonly own: OwnPlaces;
  /** Where the gateway is to listen: host and port. */
  readonly listen: { readonly host: string; readonly port: number };
  readonly endpoints: readonly string[];
}

const DEFAULT_LISTEN = '127.0.0.1:8080';

const looseSchema = z.looseObject({
  server: z
    .looseObject({ listen: z.string().default(DEFAULT_LISTEN), publicUrl: z.string().optional() })
    .prefault({}),
  upstreams: z.record(z.string(), z.unknown()).default({}),
  endpoints: z.record(z.string(), z.unknown()).default({}),
});

type LooseConfig = z.infer<typeof looseSchema>;

/** A file that does not exist is an empty one; one with errors is reported as it is loaded. */
export function readDocument(file: string): Document | Extract<Loaded<LooseConfig>, { ok: false }> {
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  const loaded = loadLoosely(file, text);
  if (!loaded.ok) return loaded;
  const { server, upstreams, endpoints } = loaded.value;
  const listen = listenAddress(server.listen);
  const host = server.publicUrl === undefined ? undefined : URL.parse(server.publicUrl)?.host;
  return {
    file,
    text,
    existing: upstreams,
    own: {
      ports: new Set([String(listen.port)]),
      hosts: new Set(host === undefined ? [] : [host]),
    },
    listen,
    endpoints: Object.keys(endpoints),
  };
}

/** Every placeholder stands for itself, so that entries can be compared as they are written. */
function loadLoosely(file: string, text: string): Loaded<LooseConfig> {
  return loadConfig({
    file,
    schema: looseSchema,
    env: standingForThemselves({}),
    readFile: (path) => Buffer.from(path === file ? text : ''),
    secret: (name) => ({ text: `secret:${name}` }),
  });
}

type Env = Record<string, string | undefined>;

function standingForThemselves(env: Env): Env {
  return new Proxy(env, {
    get: (_env, name) => (typeof name === 'string' ? `\${${name}}` : undefined),
    getOwnPropertyDescriptor: (_env, name) => ({
      configurable: true,
      enumerable: true,
      writable: true,
      value: `\${${String(name)}}`,
    }),
  });
}

/** How an entry reads once it is written. */
export function asWritten(id: string, entry: Taken['entry']): unknown {
  const edited = addUpstream('', id, entry);
  const loaded = edited.ok ? loadLoosely('upstream.yaml', edited.text) : undefined;
  return loaded?.ok === true ? loaded.value.upstreams[id] : entry;
}

/**
 * The file's text with all of them, and the lines that were added.
 * @returns a sentence where it cannot be written
 */
export function withUpstreams(
  text: string,
  taken: readonly Taken[],
): { readonly text: string; readonly added: string } | string {
  let after = text;
  let added = '';
  for (const { id, entry } of taken) {
    const edited = addUpstream(after, id, entry);
    if (!edited.ok) return edited.why;
    after = edited.text;
    added += edited.added;
  }
  return { text: after, added };
}

/** What is wrong with a text beside variables that are not set yet. */
export function checkText(
  file: string,
  text: string,
  env: Readonly<Record<string, string | undefined>>,
): Loaded<unknown> {
  return loadConfig({
    file,
    schema: configSchema,
    env: new Proxy(standingForThemselves({}), {
      get: (_target, name) => env[String(name)] ?? 'to-be-set',
    }),
    secret: () => ({ text: 'to-be-set' }),
    readFile: (path, maxBytes) => (path === file ? Buffer.from(text) : readBounded(path, maxBytes)),
  });
}
