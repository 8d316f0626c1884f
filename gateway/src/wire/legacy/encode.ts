/** Answers in 2025-11-25 and before: without what only later revisions have. */
import {
  ENVELOPE,
  REASON_KEY,
  Refusal,
  removeMembers,
  type AnswerMessage,
  type Edit,
  type Exchange,
} from '../../kernel/index.ts';
import { NO_EDITS, resultTypeOf, unknownResult, type DialectEncoder } from '../dialect.ts';
import { LEGACY_CODES } from './codes.ts';
import { oldContentEdits } from './old-content.ts';
import { structuredEdits } from './structured-content.ts';
import { refuseUrlElicitation } from './url-elicitation.ts';

/** Members of a 2026-07-28 result that speak of that hop and mean nothing before it. */
const MODERN_MEMBERS = ['resultType', 'ttlMs', 'cacheScope'] as const;

/** Codes of 2026-07-28 that no legacy client knows. */
const MODERN_ERRORS: ReadonlySet<string> = new Set(['-32020', '-32021', '-32022']);

export const legacyEncoder: DialectEncoder = {
  codes: LEGACY_CODES,
  refuses: (x, message) => {
    if (message.kind === 'error') return refuseUrlElicitation(x, message) ?? refuseError(message);
    return message.era === 'legacy' ? undefined : refuseResult(x, message);
  },
  translate: (x, message) => {
    if (message.kind === 'error') return NO_EDITS;
    const old = oldContentEdits(x, message);
    if (message.era === 'legacy') return old;
    const structured = x.call?.method === 'tools/call' ? structuredEdits(x, message) : NO_EDITS;
    return [...translateResult(message), ...structured, ...old];
  },
  status: () => 200,
  localResult: ({ result }) => result,
  toolErrorMembers: (reason) => `"_meta":{${JSON.stringify(REASON_KEY)}:"${reason}"},`,
};

function refuseResult(x: Exchange, message: AnswerMessage): Refusal | undefined {
  const type = resultTypeOf(message);
  if (type === 'input_required') return new Refusal('interaction_unsupported');
  return type === 'complete' ? undefined : unknownResult(x, type);
}

function translateResult({ view, value }: AnswerMessage): readonly Edit[] {
  const gone = MODERN_MEMBERS.map((key) => view.member(value, key)).filter((entry) => entry >= 0);
  const meta = view.member(value, '_meta');
  const info = meta < 0 ? -1 : view.member(meta, ENVELOPE.serverInfo);
  if (info < 0) return removeMembers(view, value, gone);
  if (view.children(meta).length === 1) return removeMembers(view, value, [...gone, meta]);
  return [...removeMembers(view, value, gone), ...removeMembers(view, meta, [info])];
}

function refuseError({ view, value, era }: AnswerMessage): Refusal | undefined {
  if (era === 'legacy') return undefined;
  const code = view.raw(view.member(value, 'code'));
  if (!MODERN_ERRORS.has(code)) return undefined;
  if (code !== '-32021') return new Refusal('upstream_invalid');
  const data = view.member(value, 'data');
  const detail = data < 0 ? {} : { text: `It asked for ${view.raw(data)}.` };
  return new Refusal('capability_missing', detail);
}
