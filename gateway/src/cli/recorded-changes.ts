/** Changes that commands make to a gateway's state: each stands in its record, or is not made. */
import { randomUUID } from 'node:crypto';
import { createAudit, type Audit, type ChangeEntry } from '../audit/index.ts';
import { systemClock } from '../kernel/index.ts';
import { whoIsHere } from './who-is-here.ts';

/** What is to be changed, as the admin API records it; never a secret. */
export type Change = Pick<ChangeEntry, 'action' | 'thing' | 'details'>;

/** What came of it. */
export interface Made<T> {
  readonly value: T;
  /** `refused` where nothing was changed; `done` where left out. */
  readonly outcome?: 'done' | 'refused';
  /** What is only known afterwards; never a secret. */
  readonly details?: ChangeEntry['details'];
}

/** A change was not made since it could not be recorded; the message says where and why. */
export class Unrecorded extends Error {
  constructor(file: string, cause: unknown) {
    const why = cause instanceof Error ? cause.message : 'no place is free';
    super(`the change cannot be recorded in ${file}, so it was not made: ${why}`, { cause });
  }
}

export class RecordedChanges {
  private readonly file: string;
  private readonly warn: (text: string) => void;

  /**
   * @param file where a gateway beside this command appends its records too
   * @param warn told where the end of a change that was made could not be recorded
   */
  constructor(file: string, warn: (text: string) => void) {
    this.file = file;
    this.warn = warn;
  }

  /**
   * Records that a change is begun, makes it, and records how it ended. What `work` throws is
   * recorded as `failed` and thrown on.
   * @throws {Unrecorded} before anything is done
   */
  async make<T>(change: Change, work: () => Promise<Made<T>>): Promise<T> {
    let cause: unknown;
    const audit = createAudit({
      file: this.file,
      clock: systemClock,
      onFailure: (error) => (cause = error),
    });
    const entry = { ...change, id: `cli-${randomUUID()}`, principal: callerHere() };
    try {
      if (!(await isWritten(audit, { ...entry, outcome: 'begun' }))) {
        // Where the file can be written after all by the time it is closed, both lines are there.
        audit.change({ ...entry, outcome: 'failed' });
        throw new Unrecorded(this.file, cause);
      }
      return await this.finish(audit, entry, work);
    } finally {
      await audit.close();
    }
  }

  private async finish<T>(
    audit: Audit,
    entry: Omit<ChangeEntry, 'outcome'>,
    work: () => Promise<Made<T>>,
  ): Promise<T> {
    let made: Made<T>;
    try {
      made = await work();
    } catch (error) {
      await isWritten(audit, { ...entry, outcome: 'failed' });
      throw error;
    }
    const { value, outcome = 'done', details = {} } = made;
    const ended = { ...entry, outcome, details: { ...entry.details, ...details } };
    if (!(await isWritten(audit, ended))) {
      this.warn(`The record ${this.file} says that this was begun, and could not take its end.`);
    }
    return value;
  }
}

async function isWritten(audit: Audit, entry: ChangeEntry): Promise<boolean> {
  const isTaken = audit.change(entry);
  await audit.flush();
  return isTaken && !audit.counts().isFailing;
}

/** People of the operating system are none of those whom credentials name. */
function callerHere(): ChangeEntry['principal'] {
  return { id: `os:${whoIsHere()}`, user: '', agent: '', team: '', verifiedBy: 'cli' };
}
