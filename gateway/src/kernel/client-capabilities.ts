/** What a client says it can be asked (client capabilities of both eras). */
import { isJsonObject, ownMember } from './json/shape.ts';
import { EXTENSIONS } from './eras.ts';
import { parseExact, type Json, type JsonObject } from './json/exact.ts';
import type { Question } from './question.ts';

export interface ClientCapabilities {
  /** Questions to be answered in a form. An empty `elicitation` means this one. */
  readonly elicitationForm: boolean;
  /** Questions that send the user to an address. */
  readonly elicitationUrl: boolean;
  readonly sampling: boolean;
  /** Sampling with tools (2025-11-25 on). */
  readonly samplingTools: boolean;
  /** Sampling with the context of servers. */
  readonly samplingContext: boolean;
  readonly roots: boolean;
}

const NONE: ClientCapabilities = {
  elicitationForm: false,
  elicitationUrl: false,
  sampling: false,
  samplingTools: false,
  samplingContext: false,
  roots: false,
};

/** @param text JSON text of a ClientCapabilities object; '' and what is none declare nothing */
export function readClientCapabilities(text: string): ClientCapabilities {
  if (text === '' || text === '{}') return NONE;
  let declared: Json;
  try {
    declared = parseExact(text);
  } catch {
    return NONE;
  }
  if (!isJsonObject(declared)) return NONE;
  const elicitation = ownMember(declared, 'elicitation');
  const sampling = ownMember(declared, 'sampling');
  const elicits = isJsonObject(elicitation);
  const samples = isJsonObject(sampling);
  const url = elicits && isJsonObject(ownMember(elicitation, 'url'));
  const form = elicits && isJsonObject(ownMember(elicitation, 'form'));
  return {
    elicitationForm: form || (elicits && !url),
    elicitationUrl: url,
    sampling: samples,
    samplingTools: samples && isJsonObject(ownMember(sampling, 'tools')),
    samplingContext: samples && isJsonObject(ownMember(sampling, 'context')),
    roots: isJsonObject(ownMember(declared, 'roots')),
  };
}

/** Whether a client of 2026-07-28 declared, with this request, that it takes tasks. */
export function declaresTasks(capabilities: string): boolean {
  // Most do not, and that is seen without reading what they declare.
  if (capabilities.length <= EXTENSIONS.tasks.length) return false;
  return extensionsIn(capabilities)?.[EXTENSIONS.tasks] !== undefined;
}

/** The extensions that a client declared; undefined where it declared none. */
export function extensionsIn(capabilities: string): JsonObject | undefined {
  if (!capabilities.includes('extensions')) return undefined;
  try {
    const declared = parseExact(capabilities);
    const extensions = isJsonObject(declared) ? ownMember(declared, 'extensions') : undefined;
    return isJsonObject(extensions) ? extensions : undefined;
  } catch {
    return undefined;
  }
}

/**
 * The capability that a client must have declared to be asked this, as it is written in `data` of
 * the refusal (2026-07-28, -32021); undefined where it may be asked.
 */
export function missingCapability(
  { method, params }: Pick<Question, 'method' | 'params'>,
  has: ClientCapabilities,
): Readonly<Record<string, unknown>> | undefined {
  const asked = params === '' ? {} : parseExact(params);
  const read = (key: string): Json | undefined =>
    isJsonObject(asked) ? ownMember(asked, key) : undefined;
  if (method === 'roots/list') return has.roots ? undefined : { roots: {} };
  if (method === 'elicitation/create') {
    if (read('mode') === 'url')
      return has.elicitationUrl ? undefined : { elicitation: { url: {} } };
    return has.elicitationForm ? undefined : { elicitation: { form: {} } };
  }
  if (!has.sampling) return { sampling: {} };
  const wantsTools = read('tools') !== undefined || read('toolChoice') !== undefined;
  return wantsTools && !has.samplingTools ? { sampling: { tools: {} } } : undefined;
}
