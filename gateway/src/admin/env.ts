/** What goes with a request through the admin API. */
import type { IncomingMessage } from 'node:http';
import type { OpenAPIHono } from '@hono/zod-openapi';
import type { Head, Principal } from '../kernel/index.ts';
import type { AdminPorts } from './ports.ts';

export interface AdminEnv {
  Bindings: { readonly incoming: IncomingMessage; readonly head: Head };
  Variables: {
    /** Who calls; set by the time any route is reached. */
    caller: Principal;
    ports: AdminPorts;
    /** The decision that let the caller in. */
    decision: { readonly id: string; readonly rule: string };
  };
}

export type App = OpenAPIHono<AdminEnv>;
