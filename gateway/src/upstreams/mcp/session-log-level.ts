/** The log level of a legacy session: as verbose as the most curious of its callers asked for. */
import { severityOf } from '../../kernel/index.ts';
import type { FlightHost } from './flight.ts';
import type { PooledLink } from './link.ts';
import { ask } from './own-flight.ts';

const MAX_ANSWER_BYTES = 64 * 1024;

export class SessionLogLevel {
  private severity = Infinity;
  private readonly host: FlightHost;
  private readonly link: PooledLink;

  constructor(host: FlightHost, link: PooledLink) {
    this.host = host;
    this.link = link;
  }

  /**
   * Makes the session at least as verbose as `level`.
   * @returns what to wait for, or undefined where nothing has to be said
   */
  raise(level: string): Promise<unknown> | undefined {
    if (level === '' || this.link.head?.capabilities.logging !== true) return undefined;
    const severity = severityOf(level);
    if (severity === undefined || severity >= this.severity) return undefined;
    this.severity = severity;
    const params = `"level":${JSON.stringify(level)}`;
    const request = { method: 'logging/setLevel', params, maxBytes: MAX_ANSWER_BYTES };
    return ask(this.host, this.link, request);
  }
}
