/** Times as the admin API writes them. */
import { z } from '@hono/zod-openapi';

/** RFC 3339, UTC; null for never. */
export const time = z.iso.datetime().nullable();

/** @param ms milliseconds since 1970; undefined and 0 mean never */
export function timeText(ms: number | undefined): string | null {
  return ms === undefined || ms === 0 ? null : new Date(ms).toISOString();
}
