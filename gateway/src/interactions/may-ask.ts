/** Whether a caller can be asked at all. */
import {
  missingCapability,
  readClientCapabilities,
  type Exchange,
  type Question,
} from '../kernel/index.ts';

/** Methods whose calls may be answered with questions (2026-07-28, multi round-trip requests). */
const ASKING: ReadonlySet<string> = new Set(['tools/call', 'prompts/get', 'resources/read']);

export function mayBeParked({ call, target }: Exchange): boolean {
  return target?.kind === 'item' && call !== undefined && ASKING.has(call.method);
}

/**
 * The capabilities that a caller would have had to declare to be asked these, put together as they
 * stand in `data` of the refusal; undefined where it declared them all.
 */
export function lackingFor(
  capabilities: string,
  questions: readonly Pick<Question, 'method' | 'params'>[],
): Readonly<Record<string, unknown>> | undefined {
  const declared = readClientCapabilities(capabilities);
  let lacking: Record<string, unknown> | undefined;
  for (const question of questions) {
    const missing = missingCapability(question, declared);
    if (missing !== undefined) lacking = merge(lacking ?? {}, missing);
  }
  return lacking;
}

function merge(
  into: Readonly<Record<string, unknown>>,
  more: Readonly<Record<string, unknown>>,
): Record<string, unknown> {
  const merged: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(more)) {
    const known = merged[key];
    merged[key] = isObject(known) && isObject(value) ? { ...known, ...value } : value;
  }
  return merged;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** First revision in which a legacy client knows a question. */
const URL_MODE = '2025-11-25';
const SAMPLING_TOOLS = '2025-11-25';
const ELICITATION = '2025-06-18';

/** Whether the client of a legacy session knows this question and declared that it answers it. */
export function knowsQuestion(
  question: Question,
  session: { readonly revision: string; readonly capabilities: string },
): boolean {
  const { revision, capabilities } = session;
  const has = readClientCapabilities(capabilities);
  const known = {
    ...has,
    elicitationForm: has.elicitationForm && revision >= ELICITATION,
    elicitationUrl: has.elicitationUrl && revision >= URL_MODE,
    samplingTools: has.samplingTools && revision >= SAMPLING_TOOLS,
  };
  return missingCapability(question, known) === undefined;
}
