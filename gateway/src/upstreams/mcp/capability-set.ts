/**
 * What an upstream may ask of a caller: what the caller declared, as far as the gateway passes it
 * on. The set is a short text, because links of the legacy era are kept apart by it: their
 * capabilities are said once, in `initialize`.
 */
import {
  EXTENSIONS,
  isJsonObject,
  ownMember,
  parseExact,
  readClientCapabilities,
  stringifyExact,
} from '../../kernel/index.ts';

/** Letters in this order: `f`orm, `u`rl, `s`ampling, its `t`ools and `c`ontext, `r`oots. */
export type CapabilitySet = string;

/** Nothing may be asked. */
export const NO_CAPABILITIES: CapabilitySet = '';

/** How many texts of capabilities are remembered; callers choose them. */
const MAX_REMEMBERED = 256;
/** The first revision with questions in forms, and the first with all the rest. */
const FIRST_WITH_FORMS = '2025-06-18';
const FIRST_WITH_ALL = '2025-11-25';

const BRIDGED: ReadonlySet<string> = new Set(['elicitation', 'sampling', 'roots']);

/** The sets of callers, each text of capabilities read once. */
export class CapabilitySets {
  private readonly sets = new Map<string, CapabilitySet>();
  private readonly stripped = new Map<string, string>();
  private readonly isOn: boolean;

  /** @param isOn false: nothing is declared to the upstream, whatever callers declare */
  constructor(isOn: boolean) {
    this.isOn = isOn;
  }

  /** @param capabilities JSON text of a ClientCapabilities object, or '' */
  of(capabilities: string): CapabilitySet {
    if (!this.isOn || capabilities === '' || capabilities === '{}') return NO_CAPABILITIES;
    return remembered(this.sets, capabilities, readSet);
  }

  /** What a modern upstream is told of a legacy caller: JSON text of its ClientCapabilities. */
  asModern(capabilities: string): string {
    return declaredIn(this.of(capabilities), '2026-07-28');
  }

  /** What a modern upstream is told of a modern caller; undefined: what the caller says itself. */
  instead(capabilities: string): string | undefined {
    return this.isOn ? undefined : remembered(this.stripped, capabilities, withoutBridged);
  }
}

function remembered(
  known: Map<string, string>,
  text: string,
  read: (text: string) => string,
): string {
  const found = known.get(text);
  if (found !== undefined) return found;
  const made = read(text);
  if (known.size >= MAX_REMEMBERED) known.clear();
  known.set(text, made);
  return made;
}

function readSet(capabilities: string): CapabilitySet {
  const has = readClientCapabilities(capabilities);
  return [
    has.elicitationForm ? 'f' : '',
    has.elicitationUrl ? 'u' : '',
    has.sampling ? 's' : '',
    has.samplingTools ? 't' : '',
    has.samplingContext ? 'c' : '',
    has.roots ? 'r' : '',
  ].join('');
}

function withoutBridged(capabilities: string): string {
  const declared = parseExact(capabilities);
  if (!isJsonObject(declared)) return '{}';
  const kept = Object.entries(declared).filter(([key]) => !BRIDGED.has(key));
  const members = kept.map(([key, value]) => `${JSON.stringify(key)}:${stringifyExact(value)}`);
  return `{${members.join(',')}}`;
}

/** The set as ClientCapabilities of a revision: JSON text. What the revision lacks is left out. */
export function declaredIn(set: CapabilitySet, revision: string): string {
  const hasAll = revision >= FIRST_WITH_ALL;
  const members: string[] = [];
  const elicitation = part(set, hasAll ? { f: 'form', u: 'url' } : {});
  if (hasAll ? elicitation !== '{}' : set.includes('f') && revision >= FIRST_WITH_FORMS) {
    members.push(`"elicitation":${elicitation}`);
  }
  if (set.includes('s')) {
    members.push(`"sampling":${part(set, hasAll ? { t: 'tools', c: 'context' } : {})}`);
  }
  if (set.includes('r')) members.push('"roots":{}');
  return `{${members.join(',')}}`;
}

function part(set: CapabilitySet, names: Readonly<Record<string, string>>): string {
  const has = Object.entries(names).filter(([letter]) => set.includes(letter));
  return `{${has.map(([, name]) => `"${name}":{}`).join(',')}}`;
}

/** @param capabilities JSON text of a ClientCapabilities object; it is made to declare tasks, too */
export function withTasks(capabilities: string): string {
  const declared = parseExact(capabilities === '' ? '{}' : capabilities);
  if (!isJsonObject(declared)) return `{"extensions":{"${EXTENSIONS.tasks}":{}}}`;
  const known = ownMember(declared, 'extensions');
  const extensions = { ...(isJsonObject(known) ? known : {}), [EXTENSIONS.tasks]: {} };
  return stringifyExact({ ...declared, extensions });
}
