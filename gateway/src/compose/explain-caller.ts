/** In whose place a question about rules is asked. */
import type { DecisionRecord } from '../audit/index.ts';
import { principalOfKey } from '../identity/index.ts';
import { principalOf, type Principal } from '../kernel/index.ts';
import { callerSchema, principalFor } from '../policy/index.ts';
import type { ApiKey } from '../store/index.ts';

/** The keys that there are. Rejects where they cannot be read. */
export type ListKeys = () => Promise<readonly ApiKey[]>;

const KEY_ID = /^(?:key:)?([0-9a-f]{12})$/;

/**
 * @param text a user, the id of a key (also as records show it), JSON of a caller, or `local`
 * @returns the caller, or a sentence that says why there is none
 */
export async function callerNamed(text: string, keys: ListKeys): Promise<Principal | string> {
  if (text === 'local') return principalFor(undefined);
  const id = KEY_ID.exec(text)?.[1];
  if (id !== undefined) return (await keyHolder(id, keys)) ?? `there is no API key ${id}`;
  if (!text.trimStart().startsWith('{')) {
    const user = callerSchema.safeParse(text);
    return user.success ? principalFor(user.data) : 'the name of the caller is empty';
  }
  try {
    const parsed = callerSchema.safeParse(JSON.parse(text));
    if (parsed.success && parsed.data.user === '' && parsed.data.agent === '') {
      return principalFor({ ...parsed.data, agent: 'somebody' });
    }
    if (parsed.success) return principalFor(parsed.data);
    return 'this is no caller: it may have user, agent, team, groups, scopes and claims';
  } catch {
    return 'the caller begins with "{" but is no JSON';
  }
}

/**
 * The caller of a record: as its key is now, or as the record says. Claims of a token are in no
 * record.
 */
export async function callerRecorded(record: DecisionRecord, keys: ListKeys): Promise<Principal> {
  const id = KEY_ID.exec(record.principal)?.[1];
  const holder = id === undefined ? undefined : await keyHolder(id, keys);
  if (holder !== undefined) return { ...holder, verifiedBy: record.verifiedBy };
  const { principal, user, agent, team, verifiedBy, groups, scopes } = record;
  const kind = principal === 'local' ? 'local' : user === '' ? 'agent' : 'user';
  return principalOf({ id: principal, kind, user, agent, team, verifiedBy, groups, scopes });
}

/** Keys that replace each other are one caller; the newest says who that is. */
async function keyHolder(id: string, keys: ListKeys): Promise<Principal | undefined> {
  const all = await keys();
  const firstId = all.find((key) => key.id === id)?.firstId ?? id;
  const key = all.findLast((each) => each.firstId === firstId);
  return key === undefined ? undefined : principalOfKey(key);
}
