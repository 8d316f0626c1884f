/** Names of links in their pool: whose a link is, what may be asked on it, which of several. */
import { NO_CAPABILITIES, type CapabilitySet } from './capability-set.ts';

/**
 * @param lane 0 for the usual link; further ones keep calls apart that may be asked something
 * @param extensions JSON text of the object of extensions that the link declares; '' for none
 */
export function linkKey(owner: string, set: CapabilitySet, lane = 0, extensions = ''): string {
  if (set === NO_CAPABILITIES && lane === 0 && extensions === '') return owner;
  const encoded = extensions === '' ? '' : `~${Buffer.from(extensions).toString('base64url')}`;
  return `${lane}${set}${encoded}/${owner}`;
}

/** Keys without a set begin with a word of ours, those with one with a digit. */
const WITH_SET = /^\d([a-z]*)(?:~([\w-]+))?\//;

/** Whose the link of this key is. */
export function ownerOfKey(key: string): string {
  return key.replace(WITH_SET, '');
}

/** The capabilities that the link of this key declares. */
export function setOfKey(key: string): CapabilitySet {
  return WITH_SET.exec(key)?.[1] ?? NO_CAPABILITIES;
}

/** The extensions that the link of this key declares, JSON text; '' for none. */
export function extensionsOfKey(key: string): string {
  return Buffer.from(WITH_SET.exec(key)?.[2] ?? '', 'base64url').toString();
}
