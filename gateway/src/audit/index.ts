/**
 * The record of what happened: a line for every outcome after identification. A call that could not
 * be recorded is not made: every dispatch needs a place among the records not yet on disk.
 */
import { Refusal } from '../kernel/index.ts';
import type { AuditSlot, Clock, Exchange, Step } from '../kernel/index.ts';
import { markRecorded, type Recorded } from './evidence.ts';
import { recordLine, type RecordedOutcome } from './record.ts';
import { openSink } from './sink.ts';
import { AuditWriter } from './writer.ts';

export type { Recorded } from './evidence.ts';
export { auditSchema, type AuditConfig } from './schema.ts';

export interface AuditOptions {
  /** A path, or `stdout`. */
  readonly file: string;
  readonly clock: Clock;
  /** Records that may wait for the disk, those of calls under way included. */
  readonly maxPending?: number;
}

export interface Audit {
  /** Refuses with `audit_unavailable`. */
  readonly reserve: <X extends Exchange>(x: X) => Step<X & Recorded>;
  /** Takes the record of an exchange; before identification it is only counted. */
  record(x: Exchange, outcome: RecordedOutcome): void;
  counts(): AuditCounts;
  /** Resolves when everything recorded so far is on disk, or could not be written. */
  flush(): Promise<void>;
  close(): Promise<void>;
}

export interface AuditCounts {
  readonly written: number;
  /** Records lost because the disk failed after their call was made. */
  readonly lost: number;
  /** Requests refused before anybody was identified, per remote address. */
  readonly anonymousRefusals: ReadonlyMap<string, number>;
}

const MAX_PENDING = 50_000;
const MAX_ADDRESSES = 1000;

export function createAudit({ file, clock, maxPending = MAX_PENDING }: AuditOptions): Audit {
  const writer = new AuditWriter(openSink(file), clock, maxPending);
  const anonymousRefusals = new Map<string, number>();
  const slot: AuditSlot = { release: () => writer.giveBack() };
  return {
    reserve: (x) => {
      if (!writer.take()) return new Refusal('audit_unavailable', { retryAfterSeconds: 1 });
      markRecorded(x, slot);
      return x;
    },
    record: (x, outcome) => {
      if (x.principal !== undefined) {
        writer.add(recordLine(x, outcome, clock.nowMs()));
        return;
      }
      const { remoteAddress } = x.head;
      const count = anonymousRefusals.get(remoteAddress) ?? 0;
      if (count === 0 && anonymousRefusals.size >= MAX_ADDRESSES) return;
      anonymousRefusals.set(remoteAddress, count + 1);
    },
    counts: () => ({ written: writer.written, lost: writer.lost, anonymousRefusals }),
    flush: () => writer.flush(),
    close: () => writer.close(),
  };
}
