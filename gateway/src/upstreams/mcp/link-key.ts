/** Names of links in their pool: whose a link is, what may be asked on it, which of several. */
import { NO_CAPABILITIES, type CapabilitySet } from './capability-set.ts';

/** @param lane 0 for the usual link; further ones keep calls apart that may be asked something */
export function linkKey(owner: string, set: CapabilitySet, lane = 0): string {
  return set === NO_CAPABILITIES && lane === 0 ? owner : `${lane}${set}/${owner}`;
}

/** Keys without a set begin with a word of ours, those with one with a digit. */
const WITH_SET = /^\d([a-z]*)\//;

/** The capabilities that the link of this key declares. */
export function setOfKey(key: string): CapabilitySet {
  return WITH_SET.exec(key)?.[1] ?? NO_CAPABILITIES;
}
