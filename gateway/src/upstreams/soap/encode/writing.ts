/** What one message gathers while it is written. */
import type { Json } from '../../../kernel/index.ts';
import { XML_URI } from '../xml/element.ts';
import { escapeAttribute } from '../xml/write.ts';
import type { Prefix } from './prefixes.ts';

/** Why a value cannot be written, by its path: `order.lines[2].price`. */
export interface Unwritable {
  readonly path: string;
  readonly text: string;
}

const MAX_DEPTH = 300;

/** Writes one element. */
export type WriteElement = (value: Json, writing: Writing) => string;

export class Writing {
  /** The first problem; what was written is of no use then. */
  problem: Unwritable | undefined;
  /** Names of properties and places in lists that led to where the writing is. */
  private readonly path: (string | number)[];
  private readonly used = new Set<Prefix>();
  /** Of names in values, which nobody knows before. */
  private readonly own = new Map<string, string>();
  private depth = 0;

  /** @param path the argument that is written; '' where its parts are arguments themselves */
  constructor(path: string) {
    this.path = path === '' ? [] : [path];
  }

  use(prefix: Prefix | undefined): void {
    if (prefix !== undefined) this.used.add(prefix);
  }

  /** `{namespace}name` with a prefix that is declared. */
  qname(text: string): string {
    const end = text.indexOf('}');
    const uri = text.slice(1, end);
    const local = text.slice(end + 1);
    if (uri === '') return local;
    const prefix = this.own.get(uri) ?? `q${this.own.size}`;
    this.own.set(uri, prefix);
    return `${prefix}:${local}`;
  }

  /** Of all prefixes that were used so far. */
  declarations(): string {
    let text = '';
    for (const { uri, text: prefix } of this.used) {
      if (uri !== XML_URI) text += ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
    }
    for (const [uri, prefix] of this.own) text += ` xmlns:${prefix}="${escapeAttribute(uri)}"`;
    return text;
  }

  /** Writes something below a property or a place in a list. */
  within(place: string | number, write: () => string): string {
    this.path.push(place);
    if (++this.depth > MAX_DEPTH) this.fail('it is nested too deep.');
    const written = this.problem === undefined ? write() : '';
    this.depth--;
    this.path.pop();
    return written;
  }

  /** @param below what it is about, below where the writing is; '' for where it is */
  fail(text: string, below = ''): string {
    this.problem ??= { path: pathOf(below === '' ? this.path : [...this.path, below]), text };
    return '';
  }
}

function pathOf(places: readonly (string | number)[]): string {
  return places
    .map((one, at) => (typeof one === 'number' ? `[${one}]` : at === 0 ? one : `.${one}`))
    .join('');
}
