/** Who has which role: by the configuration, and by grants. */
import { createRoute, z } from '@hono/zod-openapi';
import { ADMIN_ROLES } from '../../policy/index.ts';
import { guarded, recordChange } from '../access.ts';
import type { App } from '../env.ts';
import { nextCursor, pageOf, pageQuery, startOf } from '../paging.ts';
import { PROBLEMS, problem } from '../problem.ts';
import { time, timeText } from '../times.ts';

const LIST = 'roles';

const subject = z
  .string()
  .max(1000)
  .regex(/^(?:user|principal):./s, 'write user:<user> or principal:<id>')
  .openapi({ description: 'user:<user> or principal:<id>', example: 'user:ann' });
const role = z.enum(ADMIN_ROLES);
const grant = z.strictObject({ subject, role });

const shown = z
  .object({ subject: z.string(), role: z.string(), grantedBy: z.string(), granted: time })
  .openapi('RoleGrant');

const body = { required: true, content: { 'application/json': { schema: grant } } };

const list = createRoute({
  method: 'get',
  path: '/admin/v1/roles',
  ...guarded('roles.read', 'Lists who has which role, by grants and by the configuration'),
  request: { query: z.object(pageQuery) },
  responses: {
    200: {
      description: 'Grants by subject, and admin.roles of the configuration.',
      content: {
        'application/json': {
          schema: z.object({
            grants: z.array(shown),
            configured: z.record(z.string(), z.unknown()),
            nextCursor,
          }),
        },
      },
    },
    ...PROBLEMS,
  },
});

const add = createRoute({
  method: 'post',
  path: '/admin/v1/roles',
  ...guarded('roles.write', 'Grants a role'),
  request: { body },
  responses: {
    201: { description: 'Granted.', content: { 'application/json': { schema: grant } } },
    ...PROBLEMS,
  },
});

const remove = createRoute({
  method: 'post',
  path: '/admin/v1/roles/revoke',
  ...guarded('roles.write', 'Takes a granted role away'),
  request: { body },
  responses: {
    200: { description: 'Taken away.', content: { 'application/json': { schema: grant } } },
    ...PROBLEMS,
  },
});

export function addRoles(app: App): void {
  app.openapi(list, async (c) => {
    const { ports } = c.var;
    const { limit, cursor } = c.req.valid('query');
    const after = startOf(c, LIST, cursor);
    if (after === undefined) return problem(c, 'cursor_invalid');
    const idOf = (each: { readonly subject: string; readonly role: string }): string =>
      JSON.stringify([each.subject, each.role]);
    const all = await ports.store.roleGrants.all();
    const { entries, ...next } = pageOf(c, all, { list: LIST, after, limit, idOf });
    const grants = entries.map(({ grantedMs, ...rest }) => ({
      ...rest,
      granted: timeText(grantedMs),
    }));
    return c.json({ grants, configured: { ...ports.view().roles }, ...next }, 200);
  });
  app.openapi(add, async (c) => {
    const { ports, caller } = c.var;
    const wanted = c.req.valid('json');
    const grantedMs = ports.clock.nowMs();
    const isNew = await ports.store.roleGrants.add({ ...wanted, grantedBy: caller.id, grantedMs });
    const outcome = isNew ? 'done' : 'refused';
    const details = { role: wanted.role, after: isNew ? 'granted' : 'unchanged' };
    recordChange(c.var, { action: 'roles.write', thing: wanted.subject, outcome, details });
    return isNew
      ? c.json(wanted, 201)
      : problem(c, 'conflict', 'The subject has this role, or there are as many grants as may be.');
  });
  app.openapi(remove, async (c) => {
    const { ports } = c.var;
    const wanted = c.req.valid('json');
    const wasThere = await ports.store.roleGrants.remove(wanted.subject, wanted.role);
    const outcome = wasThere ? 'done' : 'refused';
    const details = { role: wanted.role, after: wasThere ? 'revoked' : 'unchanged' };
    recordChange(c.var, { action: 'roles.write', thing: wanted.subject, outcome, details });
    if (wasThere) return c.json(wanted, 200);
    return problem(
      c,
      'not_found',
      'There is no such grant; roles of the configuration are changed there.',
    );
  });
}
