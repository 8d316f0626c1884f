/** Making, exchanging and ending API keys. A key is shown once, in the answer that makes it. */
import { createRoute, z, type RouteHandler } from '@hono/zod-openapi';
import type { Context } from 'hono';
import { newKey, principalOfKey, successorOf } from '../../identity/index.ts';
import type { ApiKey } from '../../store/index.ts';
import { guarded, recordChange } from '../access.ts';
import type { AdminEnv, App } from '../env.ts';
import { keySchema, keyShown, newKeySchema } from '../key-shown.ts';
import { beyondCaller } from '../outranks.ts';
import { PROBLEMS, problem } from '../problem.ts';

const MAX_OVERLAP_SECONDS = 30 * 24 * 3600;
const OVERLAP_SECONDS = 3600;

const made = z
  .object({ key: z.string().openapi({ description: 'Shown this once.' }), about: keySchema })
  .openapi('NewKey');
const params = z.object({ key: z.string().max(100) });
const json = <Schema extends z.ZodType>(schema: Schema) => ({ 'application/json': { schema } });

const create = createRoute({
  method: 'post',
  path: '/admin/v1/keys',
  ...guarded('keys.write', 'Makes an API key, which is shown once'),
  request: { body: { required: true, content: json(newKeySchema) } },
  responses: { 201: { description: 'The key.', content: json(made) }, ...PROBLEMS },
});

const rotate = createRoute({
  method: 'post',
  path: '/admin/v1/keys/{key}/rotate',
  ...guarded('keys.write', 'Makes the successor of a key, which stays good for a while'),
  request: {
    params,
    body: {
      required: true,
      content: json(
        z.strictObject({
          overlapSeconds: z.number().int().min(0).max(MAX_OVERLAP_SECONDS).default(OVERLAP_SECONDS),
          expires: z.iso.datetime().optional(),
        }),
      ),
    },
  },
  responses: { 201: { description: 'The new key.', content: json(made) }, ...PROBLEMS },
});

const expire = createRoute({
  method: 'post',
  path: '/admin/v1/keys/{key}/expire',
  ...guarded('keys.write', 'Says when a key ends'),
  request: {
    params,
    body: { required: true, content: json(z.strictObject({ expires: z.iso.datetime() })) },
  },
  responses: { 200: { description: 'The key.', content: json(keySchema) }, ...PROBLEMS },
});

const revoke = createRoute({
  method: 'post',
  path: '/admin/v1/keys/{key}/revoke',
  ...guarded('keys.write', 'Revokes a key for good and cuts off what goes on under it'),
  request: { params },
  responses: { 200: { description: 'The key.', content: json(keySchema) }, ...PROBLEMS },
});

const onCreate: RouteHandler<typeof create, AdminEnv> = async (c) => {
  const { ports } = c.var;
  const { expires, ...wanted } = c.req.valid('json');
  const nowMs = ports.clock.nowMs();
  const expiresMs = expires === undefined ? undefined : Date.parse(expires);
  const { key, text } = newKey({ ...wanted, expiresMs }, nowMs);
  const beyond = await refusedBeyond(c, key, 'create');
  if (beyond !== undefined) return problem(c, 'forbidden', beyond);
  await ports.store.apiKeys.insert(key);
  const about = keyShown(key, nowMs);
  changed(c, key.id, { before: null, after: about });
  return c.json({ key: text, about }, 201);
};

const onRotate: RouteHandler<typeof rotate, AdminEnv> = async (c) => {
  const { ports } = c.var;
  const { overlapSeconds, expires } = c.req.valid('json');
  const old = await ports.store.apiKeys.find(c.req.valid('param').key);
  if (old === undefined) return problem(c, 'not_found');
  const nowMs = ports.clock.nowMs();
  const expiresMs = expires === undefined ? undefined : Date.parse(expires);
  const made = successorOf(old, { overlapMs: overlapSeconds * 1000, expiresMs }, nowMs);
  if (typeof made === 'string') return problem(c, 'conflict', `The key is ${made}.`);
  const beyond = await refusedBeyond(c, old, 'rotate');
  if (beyond !== undefined) return problem(c, 'forbidden', beyond);
  await ports.store.apiKeys.replace(old.id, made.oldEndsMs, made.key);
  await ports.storeChanged();
  const about = keyShown(made.key, nowMs);
  changed(c, old.id, { before: keyShown(old, nowMs), after: { replacedBy: about } });
  return c.json({ key: made.text, about }, 201);
};

const onExpire: RouteHandler<typeof expire, AdminEnv> = async (c) => {
  const { ports } = c.var;
  const old = await ports.store.apiKeys.find(c.req.valid('param').key);
  if (old === undefined) return problem(c, 'not_found');
  const beyond = await refusedBeyond(c, old, 'expire');
  if (beyond !== undefined) return problem(c, 'forbidden', beyond);
  if (old.revokedMs !== undefined) return problem(c, 'conflict', 'The key is revoked.');
  const expiresMs = Date.parse(c.req.valid('json').expires);
  await ports.store.apiKeys.expireAt(old.id, expiresMs);
  return c.json(await ended(c, old, { ...old, expiresMs }), 200);
};

const onRevoke: RouteHandler<typeof revoke, AdminEnv> = async (c) => {
  const { ports } = c.var;
  const old = await ports.store.apiKeys.find(c.req.valid('param').key);
  if (old === undefined) return problem(c, 'not_found');
  const beyond = await refusedBeyond(c, old, 'revoke');
  if (beyond !== undefined) return problem(c, 'forbidden', beyond);
  const revokedMs = old.revokedMs ?? ports.clock.nowMs();
  await ports.store.apiKeys.revoke(old.id, revokedMs);
  return c.json(await ended(c, old, { ...old, revokedMs }), 200);
};

export function addKeyChanges(app: App): void {
  app.openapi(create, onCreate);
  app.openapi(rotate, onRotate);
  app.openapi(expire, onExpire);
  app.openapi(revoke, onRevoke);
}

async function ended(c: Context<AdminEnv>, old: ApiKey, now: ApiKey) {
  const { ports } = c.var;
  await ports.storeChanged();
  const nowMs = ports.clock.nowMs();
  const shown = keyShown(now, nowMs);
  changed(c, old.id, { before: keyShown(old, nowMs), after: shown });
  return shown;
}

/** Words for the caller where the key may do more than they; that they tried is recorded. */
async function refusedBeyond(
  c: Context<AdminEnv>,
  key: ApiKey,
  attempt: string,
): Promise<string | undefined> {
  const beyond = await beyondCaller(c, principalOfKey(key));
  if (beyond === undefined) return undefined;
  const thing = `key ${key.id}`;
  recordChange(c.var, {
    action: 'keys.write',
    thing,
    outcome: 'refused',
    details: { attempt, beyond },
  });
  return `Such a key may do what you may not: ${beyond}.`;
}

function changed(
  c: Context<AdminEnv>,
  id: string,
  details: Readonly<Record<string, unknown>>,
): void {
  recordChange(c.var, { action: 'keys.write', thing: `key ${id}`, outcome: 'done', details });
}
