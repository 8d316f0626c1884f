/** The addresses of the REST facade: a tool, or the description of all of them. */

const PREFIX = '/api/';

/** What an address of the facade names. */
export type ApiPath =
  | { readonly kind: 'tool'; readonly endpoint: string; readonly tool: string }
  | { readonly kind: 'description'; readonly endpoint: string };

/** Whether a path belongs to the facade, whatever it names there. */
export function isApiPath(path: string): boolean {
  return path.startsWith(PREFIX);
}

/**
 * Reads `/api/{endpoint}/tools/{tool}` and `/api/{endpoint}/openapi.json`. The name of the tool may
 * be percent-encoded; a `/` in it has to be.
 * @returns undefined where the path is no address of the facade
 */
export function readApiPath(path: string): ApiPath | undefined {
  if (!isApiPath(path)) return undefined;
  const [endpoint = '', what = '', name, ...more] = path.slice(PREFIX.length).split('/');
  if (more.length > 0) return undefined;
  if (what === 'openapi.json' && name === undefined) return { kind: 'description', endpoint };
  if (what !== 'tools' || name === undefined || name === '') return undefined;
  const tool = decodeName(name);
  return tool === undefined ? undefined : { kind: 'tool', endpoint, tool };
}

function decodeName(name: string): string | undefined {
  if (!name.includes('%')) return name;
  try {
    return decodeURIComponent(name);
  } catch {
    return undefined;
  }
}

/** The path of a tool below its endpoint, as URLs and OpenAPI documents write it. */
export function toolPath(tool: string): string {
  return `/tools/${encodeURIComponent(tool.toWellFormed())}`;
}
