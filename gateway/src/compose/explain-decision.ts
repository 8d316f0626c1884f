/** Explains a decision that was made: what is recorded of it, and what the rules say of it now. */
import { findDecision, type DecisionRecord } from '../audit/index.ts';
import type { Principal } from '../kernel/index.ts';
import { itemIdIn } from '../policy/index.ts';
import type { Config } from './config.ts';
import { callerRecorded, type ListKeys } from './explain-caller.ts';
import { decisionWords, explanationWords } from './explain-words.ts';
import { createExplain, type Explained, type Question } from './explain.ts';
import { recordFile } from './record-file.ts';
import { rulesFingerprint } from './rules-fingerprint.ts';

/** What can be said of one decision. */
export interface ExplainedDecision {
  readonly record: DecisionRecord;
  /** Whether policy, endpoints or labels are others now; undefined where the record cannot tell. */
  readonly hasChanged: boolean | undefined;
  readonly caller: Principal;
  /** What the rules say now; undefined where no item was meant, or none that there was. */
  readonly now: Explained | undefined;
  /** All of it in words, line by line. */
  readonly words: readonly string[];
}

export interface ExplainDeps {
  readonly config: Config;
  /** The folder that relative paths of the configuration begin at. */
  readonly directory: string;
  readonly keys: ListKeys;
}

/** What is asked beyond what the record says. */
export interface Instead {
  readonly principal?: Principal | undefined;
  readonly endpoint?: string | undefined;
  readonly args?: string | undefined;
  readonly address?: string | undefined;
}

/**
 * @param id as a refusal names it
 * @returns undefined where the record does not have it; rejects where it cannot be read
 */
export async function explainDecision(
  id: string,
  { config, directory, keys }: ExplainDeps,
  instead: Instead = {},
): Promise<ExplainedDecision | undefined> {
  const file = recordFile(config, directory);
  const record = file === undefined ? undefined : await findDecision(file, id);
  if (record === undefined) return undefined;
  const caller = instead.principal ?? (await callerRecorded(record, keys));
  const hasChanged = record.rules === '' ? undefined : record.rules !== rulesFingerprint(config);
  const question = questionOf(record, caller, instead);
  const now = question === undefined ? undefined : createExplain(config)(question);
  const words = decisionWords(record, hasChanged);
  if (question !== undefined && now !== undefined) {
    words.push('', ...explanationWords(question, now));
  }
  return { record, hasChanged, caller, now, words };
}

function questionOf(
  { item, hidden, asked, endpoint, rule, time }: DecisionRecord,
  principal: Principal,
  instead: Instead,
): Question | undefined {
  const named = item || hidden || (rule === NOTHING ? '' : asked);
  const id = itemIdIn(named);
  if (id === undefined) return undefined;
  return {
    principal,
    endpoint: instead.endpoint ?? endpoint,
    item: id,
    args: instead.args,
    nowMs: Date.parse(time),
    address: instead.address ?? '',
  };
}

/** What records say where there is no such thing. */
const NOTHING = 'no such item';
