/** Nobody makes, changes or ends a key that may do more to the gateway than they may themselves. */
import type { Context } from 'hono';
import type { Principal } from '../kernel/index.ts';
import { ACTIONS, judge, type Action } from './access.ts';
import type { AdminEnv } from './env.ts';

/** @returns an action that the holder may take and the caller may not; undefined where there is none */
export async function beyondCaller(
  c: Context<AdminEnv>,
  holder: Principal,
): Promise<Action | undefined> {
  const { ports, caller } = c.var;
  const { remoteAddress } = c.env.head;
  for (const action of ACTIONS) {
    const theirs = await judge(ports, holder, action, remoteAddress);
    if (theirs.outcome !== 'allow') continue;
    const ours = await judge(ports, caller, action, remoteAddress);
    if (ours.outcome !== 'allow') return action;
  }
  return undefined;
}
