/** A client's entry as an upstream of the configuration. */
import { dirname, isAbsolute } from 'node:path';
import type { Entry } from '../../config/index.ts';
import type { FoundEntry } from '../clients/entries.ts';
import { isTable } from '../clients/read-file.ts';
import type { Machine } from '../clients/client.ts';
import { isOwnAddress, isOwnCommand, type OwnPlaces } from './own-entry.ts';
import { Texts, type Wanted } from './texts.ts';
import { unwrap, type Unwrapped } from './unwrap.ts';

export type Converted =
  | {
      readonly kind: 'http' | 'stdio';
      readonly entry: Entry;
      readonly wanted: readonly Wanted[];
      /** What could not be taken over. */
      readonly remarks: readonly string[];
    }
  | { readonly kind: 'skipped'; readonly why: string };

type Table = Readonly<Record<string, unknown>>;

const VARIABLE = /\$\{([A-Za-z_]\w*)\}/g;

/** Members that say something which an upstream cannot say. */
const LEFT_OUT: Readonly<Record<string, string>> = {
  envFile: 'its envFile is not read; set the variables where the gateway is started',
  oauth: 'its OAuth settings are not taken over',
  auth: 'its OAuth settings are not taken over',
  headersHelper: 'its headersHelper is not run',
  disabledTools: 'its list of disabled tools is not taken over; use exclude in endpoints',
  excludeTools: 'its list of disabled tools is not taken over; use exclude in endpoints',
  disabled_tools: 'its list of disabled tools is not taken over; use exclude in endpoints',
  enabled_tools: 'its list of tools is not taken over; use include in endpoints',
  includeTools: 'its list of tools is not taken over; use include in endpoints',
};

/** @param id what it is going to be called */
export function convert(
  found: FoundEntry,
  id: string,
  machine: Machine,
  own: OwnPlaces,
): Converted {
  const { value } = found;
  if (!isTable(value)) return skipped('it is no entry');
  if (value['disabled'] === true || value['enabled'] === false)
    return skipped('it is switched off');
  const remarks = Object.keys(LEFT_OUT).flatMap((key) =>
    value[key] === undefined ? [] : [LEFT_OUT[key] ?? ''],
  );
  const env = stringsOf(value['env'] ?? value['environment'] ?? value['envs']);
  const texts = new Texts({ layout: found.layout, machine, id });
  const url = [value['url'], value['serverUrl'], value['httpUrl']].find(isText);
  if (url !== undefined) {
    const asked = value['type'] === 'sse' ? { url, type: 'sse' as const } : { url };
    return http({ ...asked, headers: headersOf(value) }, texts, remarks, own);
  }
  const words = wordsOf(value);
  if (words.length === 0) return skipped('it has neither an address nor a command');
  if (isOwnCommand(words)) return skipped('it is Drawbridge itself');
  const wrapped = unwrap(words);
  if (wrapped !== undefined) {
    // The wrapper fills its headers in from its own variables, whatever the client does.
    const shell = { ...found.layout, variable: VARIABLE };
    const headers: Record<string, string> = {};
    for (const [name, text] of Object.entries(wrapped.headers)) {
      headers[name] = text.replace(VARIABLE, (whole, variable: string) => env[variable] ?? whole);
    }
    const filled = { ...wrapped, headers };
    return http(filled, new Texts({ layout: shell, machine, id }), remarks, own);
  }
  return stdio(found, value, { words, env, texts, remarks, machine });
}

function http(
  { url, type, headers }: Unwrapped,
  texts: Texts,
  remarks: readonly string[],
  own: OwnPlaces,
): Converted {
  const parsed = URL.parse(url.replaceAll(/\$\{[^}]*\}|\$\w+/g, 'x'));
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) {
    return skipped('its address is not http or https');
  }
  if (isOwnAddress(parsed, own)) return skipped('it is Drawbridge itself');
  const written = texts.address(url);
  const entries = Object.entries(headers).map(([name, value]) => [name, texts.header(name, value)]);
  const mcp = type === 'sse' ? { type, url: written } : written;
  const entry: Entry =
    entries.length === 0 ? { mcp } : { mcp, headers: Object.fromEntries(entries) };
  return { kind: 'http', entry, wanted: texts.wanted, remarks };
}

interface Command {
  readonly words: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly texts: Texts;
  readonly remarks: readonly string[];
  readonly machine: Machine;
}

function stdio(found: FoundEntry, value: Table, command: Command): Converted {
  const { words, env, texts, remarks } = command;
  const [program = '', ...args] = words;
  const mcp: Record<string, unknown> = { command: texts.plain(program, 'command') };
  if (args.length > 0) mcp['args'] = texts.args(args);
  const variables = Object.entries(env).map(([name, text]) => [name, texts.variable(name, text)]);
  if (variables.length > 0) mcp['env'] = Object.fromEntries(variables);
  const inherited = listOf(value['env_vars']);
  if (inherited.length > 0) mcp['inheritEnv'] = inherited;
  const folder = isText(value['cwd']) ? texts.plain(value['cwd'], 'cwd') : undefined;
  const cwd = folder ?? (isRelative(found, words) ? projectOf(found, command.machine) : undefined);
  if (cwd !== undefined) mcp['cwd'] = cwd;
  return { kind: 'stdio', entry: { mcp }, wanted: texts.wanted, remarks };
}

/** A project's client starts commands in the project's folder. */
function isRelative({ scope }: FoundEntry, words: readonly string[]): boolean {
  return scope === 'project' && words.some((word) => /^\.{1,2}[\\/]/.test(word));
}

function projectOf({ file }: FoundEntry, { project, home }: Machine): string {
  const folder = dirname(file);
  return isAbsolute(folder) && !folder.startsWith(project) && folder !== home ? folder : project;
}

function wordsOf(value: Table): readonly string[] {
  const command = value['command'] ?? value['cmd'];
  if (Array.isArray(command)) return listOf(command);
  return isText(command) ? [command, ...listOf(value['args'])] : [];
}

/** Headers as every client writes them; some name variables of their own surroundings. */
function headersOf(value: Table): Record<string, string> {
  const headers = { ...stringsOf(value['headers']), ...stringsOf(value['http_headers']) };
  const bearer = value['bearer_token_env_var'];
  if (isText(bearer)) headers['Authorization'] = `Bearer \${${bearer}}`;
  for (const [name, variable] of Object.entries(stringsOf(value['env_http_headers']))) {
    headers[name] = `\${${variable}}`;
  }
  return headers;
}

function stringsOf(value: unknown): Record<string, string> {
  if (!isTable(value)) return {};
  const entries = Object.entries(value).filter(([, each]) => typeof each !== 'object');
  return Object.fromEntries(entries.map(([name, each]) => [name, String(each)]));
}

function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.map(String) : [];
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

function skipped(why: string): Converted {
  return { kind: 'skipped', why };
}
