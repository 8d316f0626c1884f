/** The levels of MCP logging, from the least to the most severe (RFC 5424 names). */
export const LOG_LEVELS: ReadonlyMap<string, number> = new Map(
  ['debug', 'info', 'notice', 'warning', 'error', 'critical', 'alert', 'emergency'].map(
    (name, severity) => [name, severity],
  ),
);
