/** `describe_tool`: whole definitions of tools, by name. */
import type { Call, LocalMessage } from '../../kernel/index.ts';
import { definitionText } from '../items/definition-text.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import { toolAnswer, toolFault } from './tool-answers.ts';

/** Names in one call. */
export const MAX_DESCRIBED = 20;

/** Definitions that follow the first are left out where all together would be longer, bytes. */
const MAX_BYTES = 512 * 1024;

const EXAMPLE = 'Example: {"names":["crm__get_contact","crm__list_contacts"]}.';

/**
 * @param find a visible tool by its public name or an alias
 * @param isLegacy definitions are for callers of the legacy era
 */
export function describeTools(
  call: Call,
  find: (name: string) => Entry | undefined,
  isLegacy: boolean,
): LocalMessage {
  const names = readNames(call);
  if (typeof names === 'string') return toolFault(names);
  const tools: string[] = [];
  const missing: { readonly name: string; readonly why: string }[] = [];
  let bytes = 0;
  for (const name of names) {
    const text = describeOne(find(name), isLegacy);
    if (typeof text !== 'string') missing.push({ name, why: text.why });
    else if (tools.length > 0 && bytes + text.length > MAX_BYTES) {
      missing.push({ name, why: 'The answer would be too long; ask for it by itself.' });
    } else {
      tools.push(text);
      bytes += text.length;
    }
  }
  if (tools.length === 0) return toolFault(missing.map(sentence).join(' '));
  const rest = missing.length === 0 ? '' : `,"missing":${JSON.stringify(missing)}`;
  return toolAnswer(`{"tools":[${tools.join(',')}]${rest}}`);
}

function describeOne(
  entry: Entry | undefined,
  isLegacy: boolean,
): string | { readonly why: string } {
  if (entry === undefined) return { why: 'There is no tool of this name here.' };
  const parts = entry.source.parts();
  return 'code' in parts ? { why: parts.text } : definitionText(entry, parts, isLegacy);
}

function sentence({ name, why }: { readonly name: string; readonly why: string }): string {
  return `${JSON.stringify(name.slice(0, 128))}: ${why}`;
}

function readNames({ view, arguments: entry }: Call): readonly string[] | string {
  if (view.kind(entry) !== 'object') return `It needs the name of a tool. ${EXAMPLE}`;
  const stray = view.children(entry).find((each) => !KEYS.has(view.key(each)));
  if (stray !== undefined) {
    return `It does not know ${JSON.stringify(view.key(stray).slice(0, 64))}. ${EXAMPLE}`;
  }
  const one = view.member(entry, 'name');
  const many = view.value(view.member(entry, 'names'));
  const given = one < 0 ? many : many === undefined ? [view.string(one)] : undefined;
  if (given === undefined) return `Give either "name" or "names". ${EXAMPLE}`;
  if (!Array.isArray(given) || !given.every((each) => typeof each === 'string')) {
    return `"names" must be a list of names. ${EXAMPLE}`;
  }
  if (given.length === 0 || given.length > MAX_DESCRIBED) {
    return `"names" must hold 1 to ${MAX_DESCRIBED} names, not ${given.length}. ${EXAMPLE}`;
  }
  return [...new Set(given)];
}

const KEYS: ReadonlySet<string> = new Set(['name', 'names']);
