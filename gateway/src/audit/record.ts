/** One record: a line of JSON that says who did what, what was decided and how it ended. */
import {
  itemIdText,
  type Call,
  type Decision,
  type Exchange,
  type Item,
  type Principal,
} from '../kernel/index.ts';
import { changeLine, type ChangeEntry } from './change.ts';
import { PrincipalTexts, wordsPart } from './principal-part.ts';
import { quote, quoteForeign, rawScalar } from './quote.ts';
import { refusalsLine, type RefusalCount } from './unidentified.ts';

type OfSomebody = Exchange & { readonly principal: Principal };

/** How an exchange ended. */
export interface RecordedOutcome {
  readonly kind: string;
  readonly reason: string;
  readonly isError: boolean;
  readonly resultBytes: number;
}

/** Clients whose words about themselves are remembered in short form. */
const MAX_CLIENTS = 256;

/**
 * Writes records by hand, since one is written for every call: only texts that others chose are
 * escaped, and what many records share is made once. Arguments, results and credentials never
 * stand in a record.
 */
export class RecordFormat {
  private readonly principals = new PrincipalTexts();
  private readonly items = new WeakMap<Item, string>();
  /** By the list, which decisions of the same kind share. */
  private readonly considered = new WeakMap<readonly string[], string>();
  private readonly clients = new Map<string, string>();
  private timeMs = Number.NaN;
  private time = '';

  /**
   * The line of one exchange of somebody, its line end included.
   * @param rules what tells the rules in force from others; '' where nothing does
   */
  line(x: OfSomebody, outcome: RecordedOutcome, nowMs: number, rules = ''): string {
    const { principal, call, decision } = x;
    let line =
      `{"time":"${this.timeOf(nowMs)}","id":"${x.id}"` +
      `${this.principals.of(principal)},"dialect":"${x.dialect}"` +
      `,"endpoint":${quoteForeign(x.endpoint)},"epoch":${x.epoch}`;
    if (call !== undefined) line += this.callPart(call);
    line += this.targetPart(x);
    // Arguments that the configuration decided: their names, never what they hold.
    if (x.bound.length > 0) line += wordsPart('bound', x.bound, MAX_RULES);
    if (decision !== undefined) {
      line += this.decisionPart(decision, rules);
      if (decision.outcome === 'deny') line += this.refusedPart(decision, principal);
    }
    const reason = outcome.reason === '' ? '' : `,"reason":"${outcome.reason}"`;
    return (
      `${line},"outcome":"${outcome.kind}"${reason},"isError":${outcome.isError}` +
      `,"resultBytes":${outcome.resultBytes},"durationMs":${Math.max(0, nowMs - x.startedMs)}}\n`
    );
  }

  /** The line of a change to the gateway itself. */
  change(entry: ChangeEntry, nowMs: number): string {
    return changeLine(entry, this.timeOf(nowMs));
  }

  /** The line of refusals before anybody was identified. */
  unidentified(counts: readonly RefusalCount[], seconds: number, nowMs: number): string {
    return refusalsLine(counts, seconds, this.timeOf(nowMs));
  }

  /** The line that stands for records which could not be kept while the disk was failing. */
  gap(lost: number, nowMs: number): string {
    return `{"time":"${this.timeOf(nowMs)}","outcome":"records_lost","count":${lost}}\n`;
  }

  private timeOf(nowMs: number): string {
    if (nowMs !== this.timeMs) {
      this.timeMs = nowMs;
      this.time = new Date(nowMs).toISOString();
    }
    return this.time;
  }

  private decisionPart({ id, outcome, rule, failed = [] }: Decision, rules: string): string {
    const part = `,"decision":"${id}","decided":"${outcome}","rule":${quote(rule)}`;
    const known = rules === '' ? part : `${part},"rules":"${rules}"`;
    // Why a condition could not be evaluated may hold arguments and stands nowhere.
    return failed.length === 0 ? known : known + wordsPart('failed', failed, MAX_RULES);
  }

  /** What explains a decision against somebody: the rules about the call, and the credential's words. */
  private refusedPart({ considered = NONE, hidden }: Decision, principal: Principal): string {
    let part = this.considered.get(considered);
    if (part === undefined) {
      part = wordsPart('considered', considered, MAX_RULES);
      this.considered.set(considered, part);
    }
    const item = hidden === undefined ? '' : `,"hidden":${quoteForeign(itemIdText(hidden))}`;
    return item + part + this.principals.ofRefused(principal);
  }

  private callPart(call: Call): string {
    let part = `,"revision":${quoteForeign(call.revision)},"method":${methodOf(call)}`;
    if (call.rawId !== '') part += `,"requestId":${rawScalar(call.rawId)}`;
    if (call.clientInfo !== '') part += `,"client":${this.clientOf(call.clientInfo)}`;
    return part;
  }

  private targetPart({ target, asked, via, parked }: Exchange): string {
    const inside = via === '' ? '' : `,"via":${quote(via)}`;
    const wrapped = parked === '' ? inside : `${inside},"continues":${quote(firstOf(parked))}`;
    const item = target !== undefined && 'item' in target ? target.item : undefined;
    if (item !== undefined) return this.itemPart(item) + wrapped;
    const upstream = target?.kind === 'passthrough' ? `,"upstream":${quote(target.upstream)}` : '';
    return (asked === '' ? upstream : `,"asked":${quoteForeign(asked)}${upstream}`) + wrapped;
  }

  private itemPart(item: Item): string {
    let part = this.items.get(item);
    if (part === undefined) {
      const { id, publicName } = item;
      part =
        `,"item":${quote(itemIdText(id))},"upstream":${quote(id.upstream)}` +
        `,"publicName":${quote(publicName)}`;
      this.items.set(item, part);
    }
    return part;
  }

  private clientOf(clientInfo: string): string {
    let client = this.clients.get(clientInfo);
    if (client === undefined) {
      client = shortClient(clientInfo);
      if (this.clients.size >= MAX_CLIENTS) this.clients.clear();
      if (clientInfo.length <= MAX_REMEMBERED_CHARS) this.clients.set(clientInfo, client);
    }
    return client;
  }
}

/** Rules that one record names; the first ones of the configuration. */
const MAX_RULES = 20;
const NONE: readonly string[] = [];

/** The id of the exchange that began a parked call. */
function firstOf(parked: string): string {
  return parked.split('/', 1)[0] ?? '';
}

const MAX_REMEMBERED_CHARS = 4096;

/** Name and version; a client may write anything else there as well. */
function shortClient(clientInfo: string): string {
  const { name, version } = objectIn(clientInfo);
  const named = typeof name === 'string' ? `"name":${quoteForeign(name)}` : '';
  const versioned = typeof version === 'string' ? `"version":${quoteForeign(version)}` : '';
  return `{${named}${named !== '' && versioned !== '' ? ',' : ''}${versioned}}`;
}

function objectIn(json: string): { readonly name?: unknown; readonly version?: unknown } {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
}

function methodOf(call: Call): string {
  switch (call.kind) {
    case 'stream':
      return '"GET"';
    case 'end':
      return '"DELETE"';
    case 'wrapped':
      return '"POST"';
    case 'response':
      return '"response"';
    case 'request':
    case 'notification':
      return call.row === undefined ? quoteForeign(call.method) : `"${call.row.method}"`;
  }
}
