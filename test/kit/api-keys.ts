/** API keys in the store of a gateway that runs, as the command line would change them beside it. */
import { join } from 'node:path';
import { mintKey } from '../../gateway/src/identity/index.ts';
import { STORE_FILE, openStore, type KeptApiKey } from '../../gateway/src/store/index.ts';

export interface TestKeys extends AsyncDisposable {
  /** Makes a key. @returns its id and its text */
  add(key?: Partial<KeptApiKey>): Promise<{ readonly id: string; readonly text: string }>;
  revoke(id: string): Promise<void>;
  /** Adds a key that takes over from another, which ends at once. */
  rotate(id: string): Promise<string>;
  find(id: string): Promise<KeptApiKey | undefined>;
}

export async function openKeys(stateDir: string): Promise<TestKeys> {
  const { apiKeys, close } = await openStore(join(stateDir, STORE_FILE));
  const keep = (key: Partial<KeptApiKey>) => {
    const { id, text, hash } = mintKey();
    const row: KeptApiKey = {
      id,
      hash,
      firstId: id,
      name: 'test',
      user: '',
      agent: '',
      team: '',
      groups: [],
      scopes: [],
      createdMs: Date.now(),
      expiresMs: undefined,
      revokedMs: undefined,
      replacedBy: '',
      lastUsedDay: '',
      ...key,
    };
    return { row, id, text };
  };
  return {
    add: async (key = {}) => {
      const { row, id, text } = keep(key);
      await apiKeys.insert(row);
      return { id, text };
    },
    revoke: (id) => apiKeys.revoke(id, Date.now()),
    rotate: async (id) => {
      const { row, text } = keep({ firstId: id });
      await apiKeys.replace(id, Date.now(), row);
      return text;
    },
    find: (id) => apiKeys.find(id),
    [Symbol.asyncDispose]: close,
  };
}

/** The header that presents a key. */
export function bearer(key: string): { readonly authorization: string } {
  return { authorization: `Bearer ${key}` };
}
