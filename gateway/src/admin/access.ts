/** Who may come in, and what they may do there. */
import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import { REASONS, Refusal, docsAnchor } from '../kernel/index.ts';
import { ADMIN_ROLES, rolesAllowing, type AdminJudge } from '../policy/index.ts';
import type { AdminEnv } from './env.ts';
import type { AdminPorts } from './ports.ts';
import { problem } from './problem.ts';

/** What may be done to the gateway itself; rules name them `admin:drawbridge/<action>`. */
export const ACTIONS = [
  'health.read',
  'upstreams.read',
  'upstreams.write',
  'endpoints.read',
  'items.read',
  'keys.read',
  'keys.write',
  'principals.read',
  'principals.write',
  'roles.read',
  'roles.write',
  'policy.read',
  'audit.read',
  'usage.read',
] as const;
export type Action = (typeof ACTIONS)[number];

export const FIRST_ADMINISTRATOR = '/admin/v1/first-administrator';

/** Lets nobody on whom identity does not know. */
export function identify(ports: AdminPorts): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { incoming, head } = c.env;
    const caller = await ports.identify(incoming, head, head.path === FIRST_ADMINISTRATOR);
    if (caller === 'forged') return problem(c, 'forged');
    if (caller instanceof Refusal) return refuse(caller);
    ports.seen.note(caller);
    c.set('ports', ports);
    c.set('caller', caller);
    return await next();
  };
}

/** As identity says it, status and challenge included. */
function refuse({ reason, detail, text }: Refusal): Response {
  const status = reason === 'unauthenticated' ? 401 : reason === 'scope_insufficient' ? 403 : 503;
  const headers = new Headers({ 'content-type': 'application/problem+json' });
  if (detail.challenge !== undefined) headers.set('www-authenticate', detail.challenge);
  else if (status === 401) headers.set('www-authenticate', 'Bearer realm="drawbridge"');
  if (detail.retryAfterSeconds !== undefined) {
    headers.set('retry-after', String(detail.retryAfterSeconds));
  }
  const title = REASONS[reason].text;
  const body = { type: docsAnchor(reason), title, status, detail: text, reason };
  return new Response(JSON.stringify(body), { status, headers });
}

type Verdict = ReturnType<AdminJudge>;

/** Whether a caller may take an action, by the roles and rules in force. */
export async function judge(
  ports: AdminPorts,
  principal: AdminEnv['Variables']['caller'],
  action: Action,
  address: string,
): Promise<Verdict> {
  const grants = await ports.store.roleGrants.all();
  const nowMs = ports.clock.nowMs();
  return ports.view().judge({ principal, action, grants, nowMs, address });
}

/** Lets on those who may take an action; a refusal is recorded and says nothing of what there is. */
export function requires(action: Action): MiddlewareHandler<AdminEnv> {
  return async (c, next) => {
    const { ports, caller } = c.var;
    const verdict = await judge(ports, caller, action, c.env.head.remoteAddress);
    const decision = { id: `admin-${randomUUID()}`, rule: verdict.rule };
    if (verdict.outcome !== 'allow') {
      const thing = `${c.req.method} ${c.env.head.path}`.slice(0, MAX_THING);
      ports.record({ principal: caller, action, thing, outcome: 'refused', decision });
      const text = verdict.because === undefined ? '' : ` ${verdict.because}`;
      return problem(c, 'forbidden', `It needs ${action}.${text}`, { decision: decision.id });
    }
    if (action.endsWith('.write') && ports.auditCounts().isFailing) {
      return problem(c, 'unavailable', 'The change cannot be recorded, so it is not made.');
    }
    c.set('decision', decision);
    return await next();
  };
}

const MAX_THING = 300;

/** Writes down a change that was made or refused; who made it and why they could is added. */
export function recordChange(
  { ports, caller, decision }: Pick<AdminEnv['Variables'], 'ports' | 'caller' | 'decision'>,
  entry: {
    readonly action: Action;
    readonly thing: string;
    readonly outcome: 'done' | 'refused' | 'failed';
    readonly details?: Readonly<Record<string, unknown>>;
  },
): void {
  ports.record({ ...entry, principal: caller, decision });
}

/** The members of every route: its words, what it needs, and who has that by a role. */
export function guarded(action: Action, summary: string) {
  const [thing = ''] = action.split('.');
  return {
    summary,
    tags: [thing],
    security: [{ bearer: [] }, { session: [] }],
    middleware: [requires(action)],
    'x-required-action': action,
    'x-roles': rolesAllowing(action),
  };
}

/** The members of a route for whoever is identified. */
export function open(summary: string) {
  return {
    summary,
    tags: ['session'],
    security: [{ bearer: [] }, { session: [] }],
    'x-roles': [...ADMIN_ROLES, 'none'],
  };
}
