/** Works out what `drawbridge add` was given, and what it should be called. */
import { basename, extname } from 'node:path';
import { escapePlaceholders, type Entry } from '../config/index.ts';
import { UPSTREAM_ID } from '../kernel/index.ts';
import { shownSource } from './database-login.ts';

export interface AddRequest {
  /** The words of the command line: one address, one file, or a command and its arguments. */
  readonly words: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  readonly shared: boolean;
  readonly isFile: (path: string) => boolean;
}

export type Guess =
  | {
      readonly ok: true;
      readonly id: string;
      readonly entry: Entry;
      readonly kind: 'http' | 'stdio';
    }
  | { readonly ok: false; readonly why: string; readonly hint: string };

/**
 * An http(s) address becomes an MCP server over HTTP; everything else is a command whose standard
 * input and output speak MCP. A script (`.js`, `.mjs`, `.cjs`, `.ts`, `.py`) gets its interpreter.
 */
export function guessUpstream(request: AddRequest): Guess {
  const [first = '', ...rest] = request.words;
  if (first === '')
    return { ok: false, why: 'nothing to add', hint: 'give an address or a command' };
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(first)) return guessAddress(first, rest, request);
  if (Object.keys(request.headers).length > 0) {
    return { ok: false, why: '--header is for servers over HTTP', hint: 'use --env for a command' };
  }
  const document = /\.(json|ya?ml|graphql|proto|wsdl)$/i.test(first) && request.isFile(first);
  if (document) {
    return {
      ok: false,
      why: `${first} is a document, but of no kind that can be added`,
      hint: 'give an OpenAPI document alone, the address of an MCP server, or a command',
    };
  }
  const [command = first, ...args] = commandLine(first, rest, request.isFile);
  const mcp: Record<string, unknown> = { command: written(command) };
  if (args.length > 0) mcp['args'] = args.map(written);
  if (Object.keys(request.env).length > 0) mcp['env'] = writtenAll(request.env);
  return {
    ok: true,
    kind: 'stdio',
    id: idFrom(nameOfCommand([command, ...args])),
    entry: { mcp, ...flags(request) },
  };
}

function guessAddress(address: string, rest: readonly string[], request: AddRequest): Guess {
  const url = URL.parse(address);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return {
      ok: false,
      why: `${shownSource(address)} is no http or https address`,
      hint: 'give an http or https address, an OpenAPI document, or a command',
    };
  }
  if (rest.length > 0) {
    return {
      ok: false,
      why: `an address stands alone, but "${rest[0]}" follows it`,
      hint: 'put options first',
    };
  }
  if (Object.keys(request.env).length > 0) {
    return { ok: false, why: '--env is for commands', hint: 'use --header for a server over HTTP' };
  }
  const headers =
    Object.keys(request.headers).length > 0 ? { headers: writtenAll(request.headers) } : {};
  return {
    ok: true,
    kind: 'http',
    id: idFrom(nameOfAddress(url)),
    entry: { mcp: written(address), ...headers, ...flags(request) },
  };
}

function flags({ shared }: AddRequest): Entry {
  return shared ? { shared: true } : {};
}

/** Header or variable values as they stand in the file. */
export function writtenAll(values: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(values).map(([key, value]) => [key, written(value)]));
}

/** A value as it stands in the file: whole placeholders are meant, any other `$` means itself. */
function written(value: string): string {
  const parts = value.split(/(\$\{(?:[A-Za-z_]\w*|file:[^}]+)\})/);
  return parts.map((part, index) => (index % 2 === 1 ? part : escapePlaceholders(part))).join('');
}

function commandLine(
  first: string,
  rest: readonly string[],
  isFile: (path: string) => boolean,
): string[] {
  // A command given as one quoted word: "npx -y server".
  const words =
    rest.length === 0 && /\s/.test(first) && !isFile(first)
      ? first.trim().split(/\s+/)
      : [first, ...rest];
  const [command = first] = words;
  if (!isFile(command)) return words;
  if (/\.[cm]?[jt]s$/.test(command)) return ['node', ...words];
  return command.endsWith('.py') ? ['python3', ...words] : words;
}

const RUNNERS = /^(npx|bunx|uvx|pipx|pnpm|yarn|npm|bun|uv|deno|docker|podman|node|python3?)$/;
const RUNNER_VERBS = /^(run|dlx|exec|x|tool|--)$/;

/** The word of a command line that says what it runs: the package, the image or the script. */
function nameOfCommand(words: readonly string[]): string {
  const names = words.map((word) => basename(word).replace(/\.(exe|cmd)$/, ''));
  if (!RUNNERS.test(names[0] ?? '')) return words[0] ?? '';
  const isContainer = /^(docker|podman)$/.test(names[0] ?? '');
  const candidates = words
    .slice(1)
    .filter((word) => !word.startsWith('-') && !RUNNER_VERBS.test(word));
  const named = isContainer
    ? candidates.filter((word) => !word.includes('=')).find((word) => word.includes('/'))
    : undefined;
  return telling(named ?? candidates[0] ?? words[0] ?? '');
}

/** A script called `index.js` is named after the folder of its package. */
function telling(word: string): string {
  if (!/(^|[\\/])(index|main|cli)\.[cm]?[jt]s$/.test(word)) return word;
  const folders = word.split(/[\\/]/).slice(0, -1);
  return folders.findLast((name) => !/^(dist|build|bin|lib|src|out|\.{0,2})$/.test(name)) ?? word;
}

/** The part of an address that tells it from others: `search` of `https://search.example.com`. */
export function nameOfAddress(url: URL): string {
  const { hostname, port } = url;
  if (hostname === 'localhost' || /^[\d.]+$/.test(hostname) || hostname.startsWith('[')) {
    return `local-${port || '80'}`;
  }
  const labels = hostname.split('.');
  const own = labels.slice(0, labels.length > 1 ? -1 : undefined);
  const telling = own.filter((label) => !/^(www|mcp|api|app|com|co|org)$/.test(label));
  return telling.at(-1) ?? own[0] ?? hostname;
}

/** The nearest valid id: without scope, version, extension and the words `mcp` and `server`. */
export function idFrom(name: string): string {
  const bare = name
    .replace(/^@[^/]+\//, '')
    .replace(/(?<=.)[@:][^/]*$/, '')
    .replace(/^.*[\\/]/, '');
  const stem = bare.slice(
    0,
    bare.length - (/\.[cm]?[jt]s$|\.py$/.test(bare) ? extname(bare).length : 0),
  );
  const words = stem
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
  const telling = words.filter((word) => word !== 'mcp' && word !== 'server');
  const joined = (telling.length > 0 ? telling : words).join('-').replace(/^[^a-z]+/, '');
  const id = joined.slice(0, 31).replace(/-+$/, '');
  return UPSTREAM_ID.test(id) ? id : 'upstream';
}

/** `id`, or the first of `id-2`, `id-3`, … that is not taken. */
export function freeId(id: string, isTaken: (id: string) => boolean): string {
  let candidate = id;
  for (let number = 2; isTaken(candidate); number += 1) {
    candidate = `${id.slice(0, 31 - String(number).length - 1)}-${number}`;
  }
  return candidate;
}
