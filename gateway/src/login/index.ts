/**
 * People who sign in with a browser, at an OpenID provider: pages, sessions, and what providers tell
 * of people who have signed out. What they may do is policy's to say, as of everybody.
 */
import { LoginRoom } from './login-room.ts';
import type { Login } from './login.ts';
import type { LoginDeps } from './ports.ts';

export type { Login } from './login.ts';
export type { LoginDeps } from './ports.ts';
export { loginProblems, loginSchema } from './schema.ts';

/** Builds what outlives a configuration; nobody signs in before one names a provider. */
export function createLogin(deps: LoginDeps): Login {
  return new LoginRoom(deps);
}
