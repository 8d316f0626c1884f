/** Everything that is worth knowing of an API before it is added. */
import type { PreviewReport, PreviewSubject, PreviewTool, Effect } from './report.ts';
import type { ApiKindName } from '../kind-names.ts';
import type { ApiIndex, Operation } from '../model.ts';
import { reportAuth } from './auth-report.ts';
import { chooseMode } from './choose-mode.ts';
import { measure, type Measured, type MeasureOptions } from './measure.ts';
import { clientLosses } from './client-losses.ts';
import { scoreOf } from './score.ts';

export interface PreviewOptions extends MeasureOptions {
  /** Path or address, without what may be a secret. */
  readonly source: string;
  readonly kind: ApiKindName;
  readonly budgetTokens: number;
  /** Whether a credential is configured for the scheme of this name. */
  readonly isConfigured: (scheme: string) => boolean;
}

/** Compiles a bounded number of operations; the rest is told from the index. */
export function previewApi(subject: PreviewSubject, options: PreviewOptions): PreviewReport {
  const { index, format } = subject;
  const { title, version, servers, skipped } = index;
  const measured = measure(subject, options);
  const clients = clientLosses(measured.tools, index.operations.length);
  const mode = chooseMode(measured.tokens, options.budgetTokens);
  const repairs = subject.repairs();
  const score = scoreOf({ index, measured, mode, clients, repairs: repairs.length });
  return {
    source: options.source,
    kind: options.kind,
    format,
    title,
    version,
    servers,
    operations: countsOf(index),
    tools: toolsOf(index.operations, measured),
    tokens: measured.tokens,
    mode,
    auth: reportAuth(index, options.isConfigured),
    unusable: measured.unusable,
    skipped,
    repairs,
    clients,
    score,
  };
}

function countsOf({ operations, skipped }: ApiIndex): PreviewReport['operations'] {
  const byEffect: Record<Effect, number> = { read: 0, write: 0, destroy: 0, unknown: 0 };
  for (const { effects } of operations) byEffect[effects.effect] += 1;
  const deprecated = operations.filter(({ isDeprecated }) => isDeprecated).length;
  return { total: operations.length, byEffect, deprecated, skipped: skipped.length };
}

function toolsOf(operations: readonly Operation[], measured: Measured): PreviewTool[] {
  const prices = new Map(measured.tools.map(({ operation, tokens }) => [operation.key, tokens]));
  return operations.map(({ name, aliases, key, summary, tags, effects, isDeprecated }) => ({
    name,
    aliases,
    key,
    summary,
    tags,
    effect: effects.effect,
    isDeprecated,
    tokens: prices.get(key) ?? null,
  }));
}
