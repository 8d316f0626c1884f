/** The OpenAPI document, without a gateway. */
import { OpenAPIHono } from '@hono/zod-openapi';
import { addRoutes } from './app.ts';
import { DOCUMENT } from './document-head.ts';
import type { AdminEnv } from './env.ts';

export function documentOf(): object {
  const app = new OpenAPIHono<AdminEnv>();
  addRoutes(app);
  return app.getOpenAPI31Document(DOCUMENT);
}
