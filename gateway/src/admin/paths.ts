/** Which paths are of the admin API. */

/** Whether a path (without its query) is of the admin API. */
export function isAdminPath(path: string): boolean {
  return path === '/admin' || path.startsWith('/admin/');
}
