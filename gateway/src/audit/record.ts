/** One record: a line of JSON that says who did what, what was decided and how it ended. */
import { itemIdText, type Exchange } from '../kernel/index.ts';

/** How an exchange ended. */
export interface RecordedOutcome {
  readonly kind: string;
  readonly reason: string;
  readonly isError: boolean;
  readonly resultBytes: number;
}

/**
 * Written by hand, since it is written for every call: only texts that others chose are escaped.
 * Arguments, results and credentials never stand in it.
 */
export function recordLine(x: Exchange, outcome: RecordedOutcome, nowMs: number): string {
  const { principal, call, target, decision } = x;
  let line =
    `{"time":"${new Date(nowMs).toISOString()}","id":"${x.id}"` +
    `,"principal":${JSON.stringify(principal?.id ?? '')},"dialect":"${x.dialect}"` +
    `,"endpoint":${JSON.stringify(x.endpoint)},"epoch":${x.epoch}`;
  if (call !== undefined) {
    line += `,"revision":${JSON.stringify(call.revision)},"method":${JSON.stringify(methodOf(call))}`;
    if (call.rawId !== '') line += `,"requestId":${oneLine(call.rawId)}`;
    if (call.clientInfo !== '') line += `,"client":${oneLine(call.clientInfo)}`;
  }
  if (target?.kind === 'item') {
    const { id, publicName } = target.item;
    line += `,"item":${JSON.stringify(itemIdText(id))},"upstream":"${id.upstream}"`;
    line += `,"publicName":${JSON.stringify(publicName)}`;
  } else if (x.asked !== '') line += `,"asked":${JSON.stringify(x.asked)}`;
  if (decision !== undefined) {
    line += `,"decision":"${decision.id}","decided":"${decision.outcome}"`;
    line += `,"rule":${JSON.stringify(decision.rule)}`;
  }
  line += `,"outcome":"${outcome.kind}"`;
  if (outcome.reason !== '') line += `,"reason":"${outcome.reason}"`;
  return (
    `${line},"isError":${outcome.isError},"resultBytes":${outcome.resultBytes}` +
    `,"durationMs":${Math.max(0, nowMs - x.startedMs)}}\n`
  );
}

function methodOf(call: NonNullable<Exchange['call']>): string {
  switch (call.kind) {
    case 'stream':
      return 'GET';
    case 'end':
      return 'DELETE';
    case 'response':
      return 'response';
    default:
      return call.method;
  }
}

/** JSON text that a caller wrote, bounded and on one line; line ends in it are only white space. */
function oneLine(raw: string): string {
  if (raw.length > MAX_FOREIGN_CHARS) return `"(${raw.length} characters)"`;
  return /[\r\n]/.test(raw) ? raw.replace(/[\r\n]+/g, ' ') : raw;
}

const MAX_FOREIGN_CHARS = 2048;
