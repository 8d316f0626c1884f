/** Who the caller is, and what they may do. */
import { createRoute, z } from '@hono/zod-openapi';
import { rolesGranted } from '../../policy/index.ts';
import { ACTIONS, judge, open } from '../access.ts';
import type { App } from '../env.ts';
import { PROBLEMS } from '../problem.ts';

const schema = z
  .object({
    principal: z.string(),
    user: z.string(),
    agent: z.string(),
    team: z.string(),
    verifiedBy: z.string(),
    grantedRoles: z.array(z.string()).openapi({ description: 'Roles that were granted to them.' }),
    actions: z.array(z.string()).openapi({ description: 'What they may do, however they may.' }),
  })
  .openapi('Session');

const route = createRoute({
  method: 'get',
  path: '/admin/v1/session',
  ...open('Says who calls and what they may do'),
  responses: {
    200: { description: 'The caller.', content: { 'application/json': { schema } } },
    401: PROBLEMS[401],
    500: PROBLEMS[500],
    503: PROBLEMS[503],
  },
});

export function addSession(app: App): void {
  app.openapi(route, async (c) => {
    const { ports, caller } = c.var;
    const { id, user, agent, team, verifiedBy } = caller;
    const actions: string[] = [];
    for (const action of ACTIONS) {
      const { outcome } = await judge(ports, caller, action, c.env.head.remoteAddress);
      if (outcome === 'allow') actions.push(action);
    }
    const grantedRoles = rolesGranted(caller, await ports.store.roleGrants.all());
    return c.json({ principal: id, user, agent, team, verifiedBy, grantedRoles, actions }, 200);
  });
}
