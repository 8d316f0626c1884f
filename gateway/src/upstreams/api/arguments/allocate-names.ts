/** Names of arguments: usable by every client, unique within the operation, the same every time. */
import { createHash } from 'node:crypto';

/** Own arguments of the gateway; an API's parameter of the same name gets another one. */
const OWN_NAMES = ['_fields', '_page', '_max_items'];

const MAX_LENGTH = 64;

/** What is to be named. */
export interface Wanted {
  /** As the API knows it. */
  readonly name: string;
  /** Suffix where the name is taken: `query`, `header`, `cookie`, `body`. */
  readonly suffix: string;
}

/**
 * Gives each one a name of `[a-zA-Z0-9_.-]{1,64}`. Who comes first keeps its plain name, so path
 * parameters are to come first.
 * @returns names in the same order
 */
export function allocateArgumentNames(wanted: readonly Wanted[]): string[] {
  const taken = new Set(OWN_NAMES);
  return wanted.map(({ name, suffix }) => {
    const plain = usableName(name);
    let chosen = plain;
    for (let turn = 1; taken.has(chosen); turn++) {
      chosen = shorten(`${plain}_${suffix}${turn === 1 ? '' : turn}`);
    }
    taken.add(chosen);
    return chosen;
  });
}

/** The name with only characters that all clients take. */
function usableName(wire: string): string {
  if (wire === '__proto__') return 'proto';
  if (/^[a-zA-Z0-9_.-]{1,64}$/.test(wire)) return wire;
  const clean = wire
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .replace(/[^a-zA-Z0-9_.-]+/g, '_')
    .replace(/^_+|(?<!_)_+$/g, '');
  return clean === '' ? `argument_${hashOf(wire)}` : shorten(clean);
}

function shorten(name: string): string {
  if (name.length <= MAX_LENGTH) return name;
  return `${name.slice(0, MAX_LENGTH - 7)}_${hashOf(name)}`;
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 6);
}
