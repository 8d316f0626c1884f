/** Whom `--as` means. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { principalOf, type Principal } from '../kernel/index.ts';
import { callerSchema, principalFor } from '../policy/index.ts';
import { STORE_FILE, openStore, type ApiKey } from '../store/index.ts';

const KEY_ID = /^(?:key:)?([0-9a-f]{12})$/;

/**
 * @param text a user, the id of a key (also as records show it), JSON of a caller, or `local`
 * @returns the principal, or a sentence that says why there is none
 */
export async function callerOf(
  text: string | undefined,
  stateDir: string,
): Promise<Principal | string> {
  if (text === undefined || text === 'local') return principalFor(undefined);
  const id = KEY_ID.exec(text)?.[1];
  if (id !== undefined) return keyPrincipal(id, stateDir);
  if (!text.startsWith('{')) return principalFor(callerSchema.parse(text));
  try {
    const parsed = callerSchema.safeParse(JSON.parse(text));
    if (parsed.success) return principalFor(parsed.data);
    return `--as: ${parsed.error.issues[0]?.message ?? 'this is no caller'}`;
  } catch {
    return '--as is no JSON';
  }
}

async function keyPrincipal(id: string, stateDir: string): Promise<Principal | string> {
  const file = join(stateDir, STORE_FILE);
  if (!existsSync(file)) return `there is no key ${id}: there are no keys yet`;
  const store = await openStore(file);
  try {
    const key = (await store.apiKeys.list()).findLast((each) => isOf(each, id));
    if (key === undefined) return `there is no key ${id}`;
    const { firstId, user, name, team, groups, scopes } = key;
    return principalOf({
      id: `key:${firstId}`,
      kind: user === '' ? 'agent' : 'user',
      verifiedBy: 'key',
      user,
      agent: key.agent === '' ? name : key.agent,
      team,
      groups,
      scopes,
    });
  } finally {
    await store.close();
  }
}

/** Keys that replace each other are one caller. */
function isOf({ id, firstId }: ApiKey, wanted: string): boolean {
  return id === wanted || firstId === wanted;
}
