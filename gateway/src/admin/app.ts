/** All routes of the admin API, behind what holds for every one of them. */
import { OpenAPIHono } from '@hono/zod-openapi';
import type { MiddlewareHandler } from 'hono';
import { identify } from './access.ts';
import { DOCUMENT } from './document-head.ts';
import type { AdminEnv, App } from './env.ts';
import type { AdminPorts } from './ports.ts';
import { problem } from './problem.ts';
import { addAudit } from './routes/audit.ts';
import { addEndpoints } from './routes/endpoints.ts';
import { addExplain } from './routes/explain.ts';
import { addFirstAdministrator } from './routes/first-administrator.ts';
import { addHealth } from './routes/health.ts';
import { addItems } from './routes/items.ts';
import { addKeyChanges } from './routes/key-changes.ts';
import { addKeys } from './routes/keys.ts';
import { addPolicy } from './routes/policy.ts';
import { addPrincipals } from './routes/principals.ts';
import { addRevocations } from './routes/revocations.ts';
import { addRoles } from './routes/roles.ts';
import { addSession } from './routes/session.ts';
import { addUpstreams } from './routes/upstreams.ts';
import { addUsage } from './routes/usage.ts';

const JSON_BODY = /^application\/json(?:;|$)/i;

const harden: MiddlewareHandler<AdminEnv> = async (c, next) => {
  await next();
  c.header('cache-control', 'no-store');
  c.header('x-content-type-options', 'nosniff');
  c.header('content-security-policy', "default-src 'none'; frame-ancestors 'none'");
  c.header('referrer-policy', 'no-referrer');
};

/** A body that is sent as anything else never gets to a route: forms need no permission of a browser. */
const onlyJson: MiddlewareHandler<AdminEnv> = async (c, next) => {
  const isRead = c.req.method === 'GET' || c.req.method === 'HEAD';
  const length = c.req.header('content-length') ?? '0';
  const hasBody = length !== '0' || c.req.header('transfer-encoding') !== undefined;
  const isJson = JSON_BODY.test(c.req.header('content-type') ?? '');
  if (!isRead && hasBody && !isJson) return problem(c, 'media_type_unsupported');
  return await next();
};

export function createApp(ports: AdminPorts): App {
  const app: App = new OpenAPIHono<AdminEnv>({
    defaultHook: (result, c) => {
      if (result.success) return undefined;
      const [issue] = result.error.issues;
      const where = issue?.path.join('.') ?? '';
      const what = issue?.message ?? 'It does not fit.';
      return problem(c, 'invalid_request', where === '' ? what : `${where}: ${what}`);
    },
  });
  app.use('*', harden);
  app.use('*', identify(ports));
  app.use('*', onlyJson);
  addRoutes(app);
  app.notFound((c) => problem(c, 'not_found'));
  app.onError((error, c) => {
    // What is no JSON is the caller's fault; hono says so by an exception of its own.
    if ('status' in error && error.status === 400)
      return problem(c, 'invalid_request', 'The body is no JSON.');
    ports.onBug(error);
    return problem(c, 'internal');
  });
  return app;
}

/** In the order in which the document lists them. */
export function addRoutes(app: App): void {
  addSession(app);
  addFirstAdministrator(app);
  addHealth(app);
  addUpstreams(app);
  addEndpoints(app);
  addItems(app);
  addKeys(app);
  addKeyChanges(app);
  addPrincipals(app);
  addRevocations(app);
  addRoles(app);
  addPolicy(app);
  addExplain(app);
  addAudit(app);
  addUsage(app);
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    description: 'An API key or an access token, as on /mcp.',
  });
  app.openAPIRegistry.registerComponent('securitySchemes', 'session', {
    type: 'apiKey',
    in: 'cookie',
    name: 'drawbridge_session',
    description: 'A browser that has signed in; anything but GET needs x-drawbridge-csrf.',
  });
  const document = app.getOpenAPI31Document(DOCUMENT);
  app.get('/admin/v1/openapi.json', (c) => c.json(document));
}
