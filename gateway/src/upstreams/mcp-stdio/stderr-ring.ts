import { createRedactor } from './redaction.ts';

const TAIL_CHARACTERS = 64 * 1024;
const NOISE_CHARACTERS = 8 * 1024;
/** Kept beyond what is shown, so that a secret at its beginning is still seen whole. */
const MARGIN_BYTES = 16 * 1024;

/**
 * The last words of a child: what it wrote to standard error, and lines on standard output that are
 * no messages. Bounded in memory; what comes out has secrets redacted (see redaction.ts) and holds
 * at most 64 Ki characters.
 */
export class StderrRing {
  private readonly errors = new ByteRing(TAIL_CHARACTERS + MARGIN_BYTES);
  // A ring of its own: a line from elsewhere in the middle of a secret would hide it from redaction.
  private readonly noise = new ByteRing(NOISE_CHARACTERS + MARGIN_BYTES);
  private readonly redact: (text: string) => string;

  /** @param secrets values that must not come out; ones longer than 16 KiB may, cut at their start. */
  constructor(secrets: readonly string[]) {
    this.redact = createRedactor(secrets);
  }

  /** A piece of standard error, cut anywhere. */
  push(bytes: Buffer): void {
    this.errors.push(bytes);
  }

  /** A line of standard output, without its newline. */
  pushLine(line: Buffer): void {
    this.noise.push(line);
    this.noise.push(Buffer.from('\n'));
  }

  /** Redacted text, standard output's lines first; empty when there was none. */
  tail(): string {
    const noise = lastLines(this.redact(this.noise.text()), NOISE_CHARACTERS);
    return noise + lastLines(this.redact(this.errors.text()), TAIL_CHARACTERS - noise.length);
  }

  /** Redacts a sentence of ours that quotes what the operator configured. */
  redacted(text: string): string {
    return this.redact(text);
  }
}

/** The last `capacity` bytes of everything pushed. */
class ByteRing {
  private readonly capacity: number;
  private bytes: Buffer | undefined;
  private next = 0;
  private wrapped = false;

  constructor(capacity: number) {
    this.capacity = capacity;
  }

  push(all: Buffer): void {
    this.bytes ??= Buffer.allocUnsafe(this.capacity);
    if (all.length > this.capacity) this.wrapped = true;
    const piece = all.subarray(Math.max(0, all.length - this.capacity));
    const first = piece.copy(this.bytes, this.next);
    piece.copy(this.bytes, 0, first);
    if (this.next + piece.length > this.capacity) this.wrapped = true;
    this.next = (this.next + piece.length) % this.capacity;
    // A ring filled to the brim starts again at 0 and would look empty.
    if (this.next === 0 && piece.length > 0) this.wrapped = true;
  }

  /** Where the beginning is lost, so is its first word: it may be the rest of a secret. */
  text(): string {
    if (this.bytes === undefined) return '';
    if (!this.wrapped) return this.bytes.toString('utf8', 0, this.next);
    const text = Buffer.concat([
      this.bytes.subarray(this.next),
      this.bytes.subarray(0, this.next),
    ]).toString('utf8');
    const space = text.search(/\s/);
    return space === -1 ? '' : text.slice(space + 1);
  }
}

function lastLines(text: string, maxCharacters: number): string {
  if (text.length <= maxCharacters) return text;
  const cut = text.slice(text.length - maxCharacters);
  const newline = cut.indexOf('\n');
  return newline === -1 || newline === cut.length - 1 ? cut : cut.slice(newline + 1);
}
