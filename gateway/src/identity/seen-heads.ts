/** Credentials by the heads that carried them; all of them count without being looked up again. */
import { LRUCache } from 'lru-cache';
import type { Head } from '../kernel/index.ts';
import { isFresh, type Credential } from './credential.ts';

const MAX_LINES = 10_000;
/** Longer lines are read and hashed each time. */
const MAX_LINE_CHARACTERS = 2048;

export class SeenHeads {
  // A client repeats its head word for word, and then listeners give the same object again.
  private readonly byHead = new WeakMap<Head, Credential>();
  // Another head with the same line in it needs neither to be read nor hashed again.
  private readonly byLine = new LRUCache<string, Credential>({ max: MAX_LINES });

  /** What this very head carried. */
  ofHead(head: Head, nowMs: number): Credential | undefined {
    const known = this.byHead.get(head);
    return known !== undefined && isFresh(known, nowMs) ? known : undefined;
  }

  /** What another head carried that says the same of who calls. */
  ofLine(head: Head, nowMs: number): Credential | undefined {
    const line = lineIn(head);
    const known = line === '' ? undefined : this.byLine.get(line);
    if (known === undefined || !isFresh(known, nowMs)) return undefined;
    this.byHead.set(head, known);
    return known;
  }

  keep(head: Head, credential: Credential): void {
    this.byHead.set(head, credential);
    const line = lineIn(head);
    if (line !== '') this.byLine.set(line, credential);
  }
}

/** The line that says who calls; '' where there is none, or none that is remembered. */
function lineIn({ headers }: Head): string {
  const line = headers['authorization'];
  return typeof line === 'string' && line.length <= MAX_LINE_CHARACTERS ? line : '';
}
