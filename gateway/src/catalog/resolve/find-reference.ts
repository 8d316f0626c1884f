/** What names of items become in the bytes of a call, and what `completion/complete` names. */
import {
  Refusal,
  replaceValue,
  type Call,
  type Edit,
  type Principal,
  type Target,
} from '../../kernel/index.ts';
import type { Exchange } from '../../kernel/index.ts';
import type { Endpoint } from '../endpoints/endpoint.ts';
import type { Entry } from '../endpoints/endpoint-index.ts';
import { resourceUnknown, type FoundResource } from './find-resource.ts';
import { unknownName } from './not-found.ts';

type NamedCall = Exchange & { readonly principal: Principal; readonly call: Call };

/** Puts a resource's own URI in the place of the public one. */
export function uriEdits({ call }: NamedCall, { target }: FoundResource): readonly Edit[] {
  if (target.originalName === call.name) return NO_EDITS;
  const entry = call.view.member(call.params, 'uri');
  return [replaceValue(call.view, entry, JSON.stringify(target.originalName))];
}

const NO_EDITS: readonly Edit[] = [];

/** Puts an item's own name in the place of the public one. @param at entry of the name */
export function nameEdits({ call }: NamedCall, at: number, entry: Entry): readonly Edit[] {
  if (call.view.string(at) === entry.item.id.name) return NO_EDITS;
  return [replaceValue(call.view, at, entry.rawOriginal)];
}

/** `completion/complete` names a prompt, or a template (or resource) by its URI. */
export function findReference(x: NamedCall, endpoint: Endpoint): Target | Refusal {
  const { view, params } = x.call;
  const ref = view.member(params, 'ref');
  const type = view.string(view.member(ref, 'type'));
  const isPrompt = type === 'ref/prompt';
  const at = view.member(ref, isPrompt ? 'name' : 'uri');
  const name = view.string(at);
  if ((!isPrompt && type !== 'ref/resource') || name === undefined) {
    const text =
      'The member "ref" must be {"type":"ref/prompt","name":"…"} or {"type":"ref/resource","uri":"…"}.';
    return new Refusal('params_invalid', { text });
  }
  x.asked = name;
  const { byName } = endpoint.now();
  const entry = isPrompt
    ? byName.prompts.get(name)
    : (byName.templates.get(name) ?? byName.resources.get(name));
  if (entry === undefined || !endpoint.isVisible(x.principal, entry.item)) {
    return isPrompt ? unknownName(x.principal, endpoint, name) : resourceUnknown(name);
  }
  x.edits = nameEdits(x, at, entry);
  return entry.target;
}
