/** What this room needs of its neighbours. */
import type { MethodRow, Principal, Refusal, SessionRef } from '../kernel/index.ts';

export interface WireDeps {
  readonly methods: ReadonlyMap<string, MethodRow>;
  /** Names of the endpoints of this configuration snapshot. */
  readonly endpoints: ReadonlySet<string>;
  readonly maxBodyBytes: number;
  readonly maxJsonDepth: number;
  /** Our own identity, as JSON text of an Implementation object. */
  readonly serverInfo: string;
  readonly sessions: SessionPort;
}

export interface SessionPort {
  /** Opens a sealed session token; refuses with `session_unknown` what it did not give out. */
  open(token: string, principal: Principal, endpoint: string): SessionRef | Refusal;
  /** The level set by `logging/setLevel`; '' where none was. */
  logLevel(session: SessionRef): string;
}
