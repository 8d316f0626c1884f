/** Whose a link is where each principal presents something else at the server. */
import type { Principal } from '../../kernel/index.ts';

const MAX_KNOWN = 20_000;
const PREFIX = 'credential:';

/**
 * Gives every principal a key of its own. Principals are as many as credentials: the same person with
 * two tokens is two of them, and what was opened with one token never serves the other.
 */
export class LinkOwners {
  private readonly keys = new WeakMap<Principal, string>();
  private readonly principals = new Map<string, WeakRef<Principal>>();
  private count = 0;

  keyOf(principal: Principal): string {
    const known = this.keys.get(principal);
    if (known !== undefined) return known;
    const key = `${PREFIX}${++this.count}`;
    this.keys.set(principal, key);
    this.principals.set(key, new WeakRef(principal));
    const [oldest] = this.principals.keys();
    if (this.principals.size > MAX_KNOWN && oldest !== undefined) this.principals.delete(oldest);
    return key;
  }

  /** `gone` where it is the key of a principal that is not known any more; undefined for other keys. */
  principalOf(key: string): Principal | undefined | 'gone' {
    if (!key.startsWith(PREFIX)) return undefined;
    return this.principals.get(key)?.deref() ?? 'gone';
  }
}
