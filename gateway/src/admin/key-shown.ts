/** An API key as the admin API shows it: all but the key itself. */
import { z } from '@hono/zod-openapi';
import { agentOfKey, keyState } from '../identity/index.ts';
import type { ApiKey } from '../store/index.ts';
import { time, timeText } from './times.ts';

const text = z.string().max(300);
const words = z.array(text.min(1)).max(100);

export const keySchema = z
  .object({
    id: z.string(),
    name: z.string(),
    principal: z.string(),
    state: z.enum(['good', 'expired', 'revoked']),
    user: z.string(),
    agent: z.string(),
    team: z.string(),
    groups: z.array(z.string()),
    scopes: z.array(z.string()),
    created: time,
    expires: time,
    revoked: time,
    replacedBy: z.string().nullable(),
    lastUsedDay: z.string().nullable(),
  })
  .openapi('Key');

/** What a new key is to stand for. */
export const newKeySchema = z.strictObject({
  name: text.min(1),
  user: text.default(''),
  agent: text.default(''),
  team: text.default(''),
  groups: words.default([]),
  scopes: words.default([]),
  expires: z.iso.datetime().optional(),
});

export function keyShown(key: ApiKey, nowMs: number): z.infer<typeof keySchema> {
  const { id, firstId, name, user, team, groups, scopes, replacedBy, lastUsedDay } = key;
  return {
    id,
    name,
    principal: `key:${firstId}`,
    state: keyState(key, nowMs),
    user,
    agent: agentOfKey(key),
    team,
    groups: [...groups],
    scopes: [...scopes],
    created: timeText(key.createdMs),
    expires: timeText(key.expiresMs),
    revoked: timeText(key.revokedMs),
    replacedBy: replacedBy === '' ? null : replacedBy,
    lastUsedDay: lastUsedDay === '' ? null : lastUsedDay,
  };
}
