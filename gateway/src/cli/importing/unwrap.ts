/** Commands that only carry standard input and output to a server over HTTP. */
import { basename } from 'node:path';

/** What such a command stands for. */
export interface Unwrapped {
  readonly url: string;
  readonly type?: 'sse' | 'http';
  /** Values may still name variables of the command: `${NAME}`. */
  readonly headers: Readonly<Record<string, string>>;
}

interface Wrapper {
  /** The option before the address, by what it says of the transport; '' where it stands alone. */
  readonly urlOptions: Readonly<Record<string, 'sse' | 'http'>>;
  readonly isUrlAlone: boolean;
  /** Options that are followed by a token. */
  readonly bearer?: string;
}

const WRAPPERS: Readonly<Record<string, Wrapper>> = {
  'mcp-remote': { urlOptions: {}, isUrlAlone: true },
  supergateway: {
    urlOptions: { '--sse': 'sse', '--streamableHttp': 'http' },
    isUrlAlone: false,
    bearer: '--oauth2Bearer',
  },
};

const RUNNERS = /^(npx|bunx|pnpx|pnpm|yarn|bun)$/;
const RUNNER_WORDS = /^(-.*|dlx|exec|x)$/;

/** The words without a shell of Windows in front, which only finds the program. */
export function withoutShell(words: readonly string[]): readonly string[] {
  const isShell = programOf(words[0]) === 'cmd' && /^\/c$/i.test(words[1] ?? '');
  return isShell ? words.slice(2) : words;
}

/** The server behind a command line; undefined where it is a program of its own. */
export function unwrap(words: readonly string[]): Unwrapped | undefined {
  const [first = '', ...rest] = withoutShell(words);
  const isRun = RUNNERS.test(programOf(first));
  const at = isRun ? rest.findIndex((word) => !RUNNER_WORDS.test(word)) : -1;
  const program = isRun ? (rest[at] ?? '') : first;
  const args = isRun ? rest.slice(at + 1) : rest;
  const name = programOf(program).replace(/(?<=.)@.*$/, '');
  const wrapper = Object.hasOwn(WRAPPERS, name) ? WRAPPERS[name] : undefined;
  return wrapper === undefined ? undefined : read(wrapper, args);
}

function read(wrapper: Wrapper, args: readonly string[]): Unwrapped | undefined {
  let url = '';
  let type: 'sse' | 'http' | undefined;
  const headers: Record<string, string> = {};
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? '';
    const next = args[at + 1] ?? '';
    if (word === '--header') {
      const [, name = '', value = ''] = /^([^:]+):\s*(.*)$/s.exec(next) ?? [];
      if (name !== '') headers[name.trim()] = value;
      at += 1;
    } else if (word === '--transport') {
      if (next === 'sse-only') type = 'sse';
      at += 1;
    } else if (word === wrapper.bearer) {
      headers['Authorization'] = `Bearer ${next}`;
      at += 1;
    } else if (Object.hasOwn(wrapper.urlOptions, word)) {
      url = next;
      type = wrapper.urlOptions[word];
      at += 1;
    } else if (wrapper.isUrlAlone && url === '' && /^https?:\/\//i.test(word)) url = word;
  }
  if (url === '') return undefined;
  return type === undefined ? { url, headers } : { url, type, headers };
}

function programOf(word: string | undefined): string {
  return basename((word ?? '').replaceAll('\\', '/')).replace(/\.(exe|cmd)$/i, '');
}
