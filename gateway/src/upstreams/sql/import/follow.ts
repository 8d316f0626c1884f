/** Follows the folder of queries of an open API, for as long as that is open. */
import { resolve } from 'node:path';
import type { Clock, LogLevel } from '../../../kernel/index.ts';
import type { Bundles } from '../../api/bundles/store.ts';
import { summarizeChanges } from '../../api/preview/diff/summary.ts';
import type { SqlConfig } from '../config-schema.ts';
import type { Database } from '../drivers/database.ts';
import type { QueryFile } from './folder.ts';
import { filesOf, keepSource } from './load.ts';
import type { SqlSource } from './read.ts';
import { renewSource, type FileFault } from './renew.ts';
import { watchFolder, type FolderWatch } from './watch-folder.ts';

export interface FollowSettings {
  /** Of the upstream. */
  readonly id: string;
  readonly config: SqlConfig;
  readonly directory: string;
  readonly clock: Clock;
  readonly log: (level: LogLevel, text: string, fields: Readonly<Record<string, unknown>>) => void;
  readonly bundles: Bundles;
  readonly database: Database;
  /** Takes what callers have from now on. */
  readonly onRenewed: (source: SqlSource) => void;
}

/** One look at a time; changes meanwhile are one more look. */
export class FollowedFolder {
  private readonly settings: FollowSettings;
  private readonly watch: FolderWatch;
  private readonly closing = new AbortController();
  private files: readonly QueryFile[];
  private source: SqlSource;
  private looking: Promise<void> | undefined;
  private isAskedAgain = false;
  private told = '';

  /** @param files those that are in force, and what was read from them */
  constructor(settings: FollowSettings, files: readonly QueryFile[], source: SqlSource) {
    const { config, directory, clock } = settings;
    this.settings = settings;
    this.files = files;
    this.source = source;
    // Those were told when they were read.
    this.told = JSON.stringify(source.faults.map((fault) => ({ ...fault, isKept: false })));
    const folder = resolve(directory, config.queries ?? '.');
    this.watch = watchFolder(folder, () => this.ask(), clock);
  }

  async close(): Promise<void> {
    this.closing.abort();
    await this.watch.close();
    await this.looking;
  }

  private ask(): void {
    this.isAskedAgain = true;
    this.looking ??= this.drain();
  }

  private async drain(): Promise<void> {
    while (this.isAskedAgain && !this.closing.signal.aborted) {
      this.isAskedAgain = false;
      try {
        await this.look();
      } catch (error) {
        this.tell('the changed queries cannot be read; the last good ones stay', String(error));
      }
    }
    this.looking = undefined;
  }

  private async look(): Promise<void> {
    const { id, config, directory, bundles, onRenewed, log } = this.settings;
    const now = await filesOf(config, directory);
    if (typeof now === 'string') {
      this.tell('the changed queries cannot be read; the last good ones stay', now);
      return;
    }
    const { signal } = this.closing;
    const names = bundles.names(id);
    const renewed = await renewSource(this.files, now, names, this.settings, signal);
    if (signal.aborted) return;
    this.tellFaults(renewed.faults);
    const before = this.source;
    const { source, files } = renewed;
    if (source.index.digest === before.index.digest) return;
    await keepSource(bundles, id, config, files, source);
    this.files = files;
    this.source = source;
    log('info', 'queries were changed', {
      upstream: id,
      ...summarizeChanges(before.index, source.index)?.counts,
    });
    onRenewed(source);
  }

  private tell(text: string, why: string): void {
    if (why !== this.told) this.settings.log('warn', text, { upstream: this.settings.id, why });
    this.told = why;
  }

  /** The same faults are not told again at every change of another file. */
  private tellFaults(faults: readonly FileFault[]): void {
    const all = JSON.stringify(faults);
    if (all === this.told) return;
    this.told = all;
    for (const { file, line, text, isKept } of faults) {
      const words = isKept
        ? 'a changed query cannot be used; its last good text stays'
        : 'a query cannot be used';
      this.settings.log('warn', words, { upstream: this.settings.id, file, line, why: text });
    }
  }
}
