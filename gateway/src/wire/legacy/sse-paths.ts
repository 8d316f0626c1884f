/** The addresses of HTTP with SSE (2024-11-05): `/sse/{endpoint}` and where its messages go. */
import { DEFAULT_ENDPOINT } from '../../kernel/index.ts';

const PREFIX = '/sse';

export interface SsePath {
  readonly endpoint: string;
  /** Messages are posted here; the other address opens the stream. */
  readonly takesMessages: boolean;
}

/**
 * Reads `/sse`, `/sse/{endpoint}` and `/sse/{endpoint}/messages`.
 * @returns undefined where the path is none of them
 */
export function readSsePath(path: string): SsePath | undefined {
  if (path === PREFIX || path === `${PREFIX}/`) {
    return { endpoint: DEFAULT_ENDPOINT, takesMessages: false };
  }
  if (!path.startsWith(`${PREFIX}/`)) return undefined;
  const [endpoint = '', what, ...more] = path.slice(PREFIX.length + 1).split('/');
  if (more.length > 0) return undefined;
  if (what === undefined) return { endpoint, takesMessages: false };
  return what === 'messages' ? { endpoint, takesMessages: true } : undefined;
}
