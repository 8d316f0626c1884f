/** A place in the text of a path. After the first fault nothing is taken any more. */
export class PathReader {
  readonly #text: string;
  #at = 0;
  /** What is wrong; '' as long as nothing is. */
  fault = '';
  /** How many filters this stands in. */
  depth = 0;

  constructor(text: string) {
    this.#text = text;
  }

  isAtEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  fail(expected: string): void {
    if (this.fault !== '') return;
    const found = this.isAtEnd() ? 'the end' : `"${this.#text.slice(this.#at, this.#at + 12)}"`;
    this.fault = `At character ${this.#at + 1} stands ${found} where ${expected} is needed.`;
  }

  refuse(why: string): void {
    if (this.fault === '') this.fault = why;
  }

  skipBlanks(): void {
    while (' \t\r\n'.includes(this.#text.charAt(this.#at)) && !this.isAtEnd()) this.#at++;
  }

  take(token: string): boolean {
    if (this.fault !== '' || !this.#text.startsWith(token, this.#at)) return false;
    this.#at += token.length;
    return true;
  }

  /** @param pattern a sticky expression */
  match(pattern: RegExp): string | undefined {
    if (this.fault !== '') return undefined;
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0];
    this.#at += found?.length ?? 0;
    return found;
  }

  integer(): number | undefined {
    const text = this.match(/-?\d{1,15}(?![\d.eE])/y);
    return text === undefined ? undefined : Number(text);
  }

  /** A text in single or double quotes. */
  quoted(): string | undefined {
    const literal = this.match(/'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*"/sy);
    if (literal === undefined) return undefined;
    const inner = literal.slice(1, -1);
    const asJson = literal.startsWith("'")
      ? inner.replace(/\\'|"/g, (part) => (part === '"' ? '\\"' : "'"))
      : inner;
    try {
      const value: unknown = JSON.parse(`"${asJson}"`);
      if (typeof value === 'string') return value;
    } catch {
      this.refuse(`The text ${literal.slice(0, 40)} has an escape that is not known.`);
    }
    return undefined;
  }
}
