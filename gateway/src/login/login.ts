/** What the room offers to others. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Principal } from '../kernel/index.ts';
import type { IssuerFacts } from './ports.ts';
import type { LoginConfig } from './schema.ts';

/** What other sections say of sign-in. */
export interface LoginSurroundings {
  /** Of `identity.oauth`. */
  readonly issuers: readonly IssuerFacts[];
  /** `server.publicUrl`; '' where none is set. */
  readonly publicUrl: string;
}

/** Who a browser belongs to. `forged`: somebody is signed in, but did not make this request. */
export type BrowserCaller =
  | { readonly kind: 'none' }
  | { readonly kind: 'person'; readonly principal: Principal }
  | { readonly kind: 'forged' };

export interface LoginPages {
  owns(path: string): boolean;
  /** Takes a request to one of the pages to its end; never throws. */
  answer(request: IncomingMessage, response: ServerResponse): void;
}

export interface Login {
  /** Puts a configuration in force; sessions of providers that are gone do not count any more. */
  configure(config: LoginConfig, surroundings: LoginSurroundings): void;
  /** Whether a path (without its query) is one of its pages. */
  owns(path: string): boolean;
  /** Loads what the pages need; who never asks for one never pays for it. */
  load(): Promise<LoginPages>;
  /**
   * Who has made a request, by the cookie of a session that still counts. Anything but GET and HEAD
   * has to show the value of `GET /login/session` in the header `x-drawbridge-csrf`. Rejects where the
   * store cannot be read.
   */
  sessionOf(request: Pick<IncomingMessage, 'method' | 'headers'>): Promise<BrowserCaller>;
}
