/**
 * The admin API: what there is, who may do what, and what happened, for people and programs that
 * look after this gateway. Nothing of it is loaded before the first request to it.
 */
import type { AdminPages, AdminPorts } from './ports.ts';

export { hasNoAdministrator, issueCode, type NewCode } from './one-time-code.ts';
export { isAdminPath } from './paths.ts';
export type { AdminPorts, AdminView } from './ports.ts';
export { adminSchema } from './schema.ts';
export { SeenPrincipals } from './seen-principals.ts';

/** Loads what the admin API needs. */
export async function loadAdmin(ports: AdminPorts): Promise<AdminPages> {
  const { createAdminPages } = await import('./pages.ts');
  return createAdminPages(ports);
}

/** The OpenAPI document of the admin API, which is the same for every gateway of a release. */
export async function adminDocument(): Promise<object> {
  const { documentOf } = await import('./document.ts');
  return documentOf();
}
