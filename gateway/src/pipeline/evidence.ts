/**
 * What an exchange has proven by the time it leaves each stage. A room's own evidence type carries
 * a brand that only that room can make; these names only add them up in the order of the table.
 */
import type { Approved } from '../approvals/index.ts';
import type { Recorded } from '../audit/index.ts';
import type { Resolved } from '../catalog/index.ts';
import type { Screened } from '../guard/index.ts';
import type { Identified } from '../identity/index.ts';
import type { Received } from '../kernel/index.ts';
import type { Limited } from '../limits/index.ts';
import type { Authorized } from '../policy/index.ts';
import type { Decoded, Routed } from '../wire/index.ts';

export type AfterRoute = Received & Routed;
export type AfterIdentify = AfterRoute & Identified;
export type AfterDecode = AfterIdentify & Decoded;
export type AfterResolve = AfterDecode & Resolved;
export type AfterLimit = AfterResolve & Limited;
export type AfterScreen = AfterLimit & Screened;
export type AfterAuthorize = AfterScreen & Authorized;
export type AfterApprove = AfterAuthorize & Approved;

/** A call that is screened, authorized, approved and sure to be recorded. */
export type Dispatchable = AfterApprove & Recorded;
