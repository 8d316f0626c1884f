/** The levels of MCP logging, from the least to the most severe (RFC 5424 names). */
export const LOG_LEVELS = [
  'debug',
  'info',
  'notice',
  'warning',
  'error',
  'critical',
  'alert',
  'emergency',
] as const;

const SEVERITY: ReadonlyMap<string, number> = new Map(
  LOG_LEVELS.map((level, severity) => [level, severity]),
);

/** How severe a level is, from 0; undefined where it is none. */
export function severityOf(level: string): number | undefined {
  return SEVERITY.get(level);
}
