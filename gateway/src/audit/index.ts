/**
 * The record of what happened: a line for every outcome after identification. A call that could not
 * be recorded is not made: every dispatch needs a place among the records not yet on disk.
 */
import { Refusal } from '../kernel/index.ts';
import type { AuditSlot, Clock, Exchange, Principal, Step } from '../kernel/index.ts';
import type { ChangeEntry } from './change.ts';
import type { DecisionRecord } from './find-decision.ts';
import { markRecorded, type Recorded } from './evidence.ts';
import { RecordFormat, type RecordedOutcome } from './record.ts';
import { openSink } from './sink.ts';
import { UnidentifiedRefusals } from './unidentified.ts';
import { AuditWriter } from './writer.ts';

export type { ChangeEntry } from './change.ts';
export type { DecisionRecord } from './find-decision.ts';
export type { Recorded } from './evidence.ts';
export { auditSchema } from './schema.ts';

export interface AuditOptions {
  /** A path, or `stdout`. */
  readonly file: string;
  readonly clock: Clock;
  /** Records that may wait for the disk, those of calls under way included. */
  readonly maxPending?: number;
  /** Told once when records begin to be refused because they cannot be written, and why. */
  readonly onFailure?: (error: unknown) => void;
}

export interface Audit {
  /** Refuses with `audit_unavailable`. */
  readonly reserve: <X extends Exchange>(x: X) => Step<X & Recorded>;
  /**
   * Takes the record of an exchange. Before identification it is only counted, by the caller's
   * address and the reason; once a minute a line says how many there were.
   * @param rules what tells the rules in force from others, safe characters; '' for nothing
   */
  record(x: Exchange, outcome: RecordedOutcome, rules?: string): void;
  /** Counts a refusal of somebody unknown where there is no exchange; `record` says how it is told. */
  refused(address: string, reason: string): void;
  /**
   * Takes the record of a change to the gateway itself, as a line of `kind` "change".
   * @returns false where it could not be kept: the disk fails (`counts().isFailing`) or no place is
   *   free; what must not happen unrecorded is to be asked about before, and undone after
   */
  change(entry: ChangeEntry): boolean;
  counts(): AuditCounts;
  /** Resolves when everything recorded so far is on disk, or could not be written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditCounts {
  readonly written: number;
  /** Records of refusals that found no place while the disk failed; a line in the file says so. */
  readonly lost: number;
  /** Places promised to calls under way. */
  readonly reserved: number;
  /** Records that are not on disk yet. */
  readonly waiting: number;
  /** Whether calls are refused since records cannot be written. */
  readonly isFailing: boolean;
  /** Requests refused before anybody was identified. */
  readonly unidentified: number;
}

const MAX_PENDING = 50_000;

export function createAudit(options: AuditOptions): Audit {
  const { file, clock, maxPending = MAX_PENDING, onFailure = () => undefined } = options;
  const format = new RecordFormat();
  const writer = new AuditWriter({
    sink: openSink(file),
    clock,
    maxPending,
    gapLine: (lost) => format.gap(lost, clock.nowMs()),
    onFailure,
  });
  const unidentified = new UnidentifiedRefusals(clock, (counts, seconds) => {
    writer.add(format.unidentified(counts, seconds, clock.nowMs()), false);
  });
  const slot: AuditSlot = { release: () => writer.giveBack() };
  return {
    reserve: (x) => {
      if (!writer.take()) return new Refusal('audit_unavailable', { retryAfterSeconds: 1 });
      markRecorded(x, slot);
      return x;
    },
    record: (x, outcome, rules) => {
      if (isIdentified(x)) {
        writer.add(format.line(x, outcome, clock.nowMs(), rules), x.slot !== undefined);
      } else unidentified.count(x.head.remoteAddress, outcome.reason || outcome.kind);
    },
    refused: (address, reason) => unidentified.count(address, reason),
    change: (entry) => writer.add(format.change(entry, clock.nowMs()), false) && !writer.isFailing,
    counts: () => ({
      written: writer.written,
      lost: writer.lost,
      reserved: writer.reserved,
      waiting: writer.waiting,
      isFailing: writer.isFailing,
      unidentified: unidentified.total,
    }),
    flush: () => writer.flush(),
    close: () => {
      unidentified.flush();
      return writer.close();
    },
  };
}

/**
 * The record of a decision, in a file of records or in what it was renamed to when it was rotated.
 * @param file a path
 * @returns undefined where there is none; rejects where the file cannot be read
 */
export async function findDecision(file: string, id: string): Promise<DecisionRecord | undefined> {
  // What reads files is not needed to answer calls.
  const reader = await import('./find-decision.ts');
  return await reader.findDecision(file, id);
}

function isIdentified(x: Exchange): x is Exchange & { readonly principal: Principal } {
  return x.principal !== undefined;
}
