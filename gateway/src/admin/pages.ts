/** The admin API over node:http. */
import { IncomingMessage } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Head } from '../kernel/index.ts';
import { createApp } from './app.ts';
import { isAdminPath } from './paths.ts';
import type { AdminPages, AdminPorts } from './ports.ts';

export function createAdminPages(ports: AdminPorts): AdminPages {
  const app = createApp(ports);
  const heads = new WeakMap<IncomingMessage, Head>();
  const listener = getRequestListener(
    (request, { incoming }) => {
      const head = incoming instanceof IncomingMessage ? heads.get(incoming) : undefined;
      return head === undefined || !(incoming instanceof IncomingMessage)
        ? new Response(null, { status: 500 })
        : app.fetch(request, { incoming, head });
    },
    { overrideGlobalObjects: false, hostname: 'localhost' },
  );
  return {
    owns: isAdminPath,
    answer: (request, response, head) => {
      heads.set(request, head);
      listener(request, response).catch((error: unknown) => ports.onBug(error));
    },
  };
}
