/** Texts of a client's entry as they are written into the configuration. */
import { escapePlaceholders } from '../../config/index.ts';
import type { Layout, Machine } from '../clients/client.ts';
import { isSecret, variableName } from './secrets.ts';

/** A variable that has to be set before the gateway can use the entry. */
export interface Wanted {
  readonly name: string;
  /** What it is for, without its value: `headers.Authorization`. */
  readonly what: string;
}

export interface TextsDeps {
  readonly layout: Layout;
  readonly machine: Machine;
  /** Id of the upstream, for the names of variables. */
  readonly id: string;
}

/** Writes the texts of one entry and gathers the variables that they need. */
export class Texts {
  readonly wanted: Wanted[] = [];
  private readonly deps: TextsDeps;

  constructor(deps: TextsDeps) {
    this.deps = deps;
  }

  /** A text that is no secret; what names a variable of the client's surroundings still does. */
  plain(text: string, what: string): string {
    return this.filled(text, what, (literal) => escapePlaceholders(this.folders(literal)));
  }

  /** The value of a variable of a command. */
  variable(name: string, value: string): string {
    return this.guarded(name, value, name, `env.${name}`);
  }

  /** A header's value; the scheme in front of a credential stays. */
  header(name: string, value: string): string {
    const [, scheme = '', rest = value] = /^((?:Bearer|Basic|Token)\s+)(.*)$/is.exec(value) ?? [];
    const isAuthorization = name.toLowerCase() === 'authorization';
    const suffix = isAuthorization ? 'TOKEN' : name;
    return scheme + this.guarded(name, rest, variableName(this.deps.id, suffix), `headers.${name}`);
  }

  /** An address, whose query may hold keys and whose user part a password. */
  address(text: string): string {
    const url = URL.parse(text);
    if (url === null) return this.plain(text, 'url');
    let written = this.plain(text, 'url');
    if (url.password !== '') {
      const name = variableName(this.deps.id, 'PASSWORD');
      written = written.replace(`:${url.password}@`, `:\${${this.want(name, 'url')}}@`);
    }
    return written.replace(
      /([?&])([^=&#]+)=([^&#]+)/g,
      (whole, sign: string, key: string, value: string) => {
        if (value.includes('${') || !isSecret(key, value)) return whole;
        return `${sign}${key}=\${${this.want(variableName(this.deps.id, key), 'url')}}`;
      },
    );
  }

  /** The arguments of a command: `--token x`, `--token=x` and `NAME=x` may hold secrets. */
  args(words: readonly string[]): string[] {
    return words.map((word, index) => {
      const before = words[index - 1] ?? '';
      const [, name, value] = /^(--?[\w-]+|[A-Za-z_]\w*)=(.+)$/s.exec(word) ?? [];
      if (name !== undefined && value !== undefined) {
        const variable = variableName(this.deps.id, name);
        return `${name}=${this.guarded(name, value, variable, `args ${name}`)}`;
      }
      const isValue = /^--[\w-]+$/.test(before) && !word.startsWith('-');
      const what = isValue ? before : '';
      if (!word.startsWith('-') && !/[\\/]/.test(word) && isSecret(what, word)) {
        return this.guarded(
          what,
          word,
          variableName(this.deps.id, isValue ? what : 'KEY'),
          `args ${what}`.trim(),
        );
      }
      return this.plain(word, 'args');
    });
  }

  private guarded(name: string, value: string, variable: string, what: string): string {
    const written = this.plain(value, what);
    // What names a variable holds no secret of its own.
    const isReference = /(?<!\$)\$\{[A-Za-z_]\w*\}/.test(written);
    if (isReference || !isSecret(name, value)) return written;
    const isName = /^[A-Za-z_]\w*$/.test(variable);
    return `\${${this.want(isName ? variable : variableName(variable), what)}}`;
  }

  private want(name: string, what: string): string {
    if (!this.wanted.some((each) => each.name === name)) this.wanted.push({ name, what });
    return name;
  }

  /** Puts `${NAME}` where the client's own way of naming variables stands. */
  private filled(text: string, what: string, literal: (text: string) => string): string {
    let written = '';
    let at = 0;
    for (const match of text.matchAll(this.deps.layout.variable)) {
      const name = match[1] ?? match[2] ?? '';
      written += literal(text.slice(at, match.index)) + this.reference(name, match[2], what);
      at = match.index + match[0].length;
    }
    return written + literal(text.slice(at));
  }

  private reference(name: string, fallback: string | undefined, what: string): string {
    const { home, project } = this.deps.machine;
    if (name === 'workspaceFolder') return project;
    if (name === 'userHome') return home;
    const isName = /^[A-Za-z_]\w*$/.test(name);
    const variable = isName ? name : variableName(this.deps.id, name);
    if (fallback !== undefined && fallback !== name) return escapePlaceholders(fallback);
    return `\${${this.want(variable, what)}}`;
  }

  private folders(text: string): string {
    const { home, project } = this.deps.machine;
    return text.replaceAll('${workspaceFolder}', project).replaceAll('${userHome}', home);
  }
}
