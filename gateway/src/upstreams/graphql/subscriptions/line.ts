/** Keeps one subscription open: what is lost is opened again, later and later. */
import { scanJson, type Clock, type JsonView, type Timer } from '../../../kernel/index.ts';
import type { FeedEars } from '../../feeds/contract.ts';
import { createBackoff, type Backoff } from '../../mcp-stdio/backoff.ts';
import { SCAN, type Connect, type Hearing, type LineEnd, type Wanted } from './connection.ts';

const BACKOFF = { baseMs: 1000, maxMs: 60_000, maxRestarts: 1000, windowMs: 3_600_000 };
const GIVEN_UP_MS = 300_000;
/** A connection that was up for so long was a good one; the next failure is its first. */
const GOOD_MS = 10_000;

export interface LineSettings {
  /** The ways there are, the best first; the one that worked last comes first for all lines. */
  readonly ways: Connect[];
  readonly clock: Clock;
  /** Names the API in messages. */
  readonly host: string;
  readonly clean: (text: string) => string;
}

/** @returns what closes it */
export function openLine(settings: LineSettings, wanted: Wanted, ears: FeedEars): () => void {
  const line = new Line(settings, wanted, ears);
  line.open();
  return () => line.close();
}

class Line {
  private readonly settings: LineSettings;
  private readonly wanted: Wanted;
  private readonly ears: FeedEars;
  private readonly backoff: Backoff;
  private stop: (() => void) | undefined;
  private timer: Timer | undefined;
  private upMs = -1;
  private tried = 0;
  private isClosed = false;

  constructor(settings: LineSettings, wanted: Wanted, ears: FeedEars) {
    this.settings = settings;
    this.wanted = wanted;
    this.ears = ears;
    this.backoff = createBackoff(BACKOFF, settings.clock);
  }

  open(): void {
    const [way] = this.settings.ways;
    if (way === undefined || this.isClosed) return;
    this.upMs = -1;
    this.stop = way(this.wanted, this.hearing());
  }

  close(): void {
    this.isClosed = true;
    this.timer?.cancel();
    this.stop?.();
  }

  private hearing(): Hearing {
    const { clock, clean } = this.settings;
    return {
      up: () => {
        this.upMs = clock.nowMs();
        this.tried = 0;
        this.ears.become('open', '');
      },
      result: (view, entry) => {
        const written = membersOf(view, entry);
        const members = clean(written);
        // A credential that stands there as a number leaves no JSON behind.
        const isWhole = members === written || isObject(members);
        if (written !== '' && isWhole) this.ears.event(members);
        else this.ears.dropped();
      },
      unreadable: () => this.ears.dropped(),
      ended: (end) => {
        if (!this.isClosed) this.ended(end);
      },
    };
  }

  private ended({ how, why }: LineEnd): void {
    const { clock, ways, host, clean } = this.settings;
    const words = clean(why);
    if (how === 'done') {
      this.ears.become('ended', words === '' ? `${host} has ended it.` : `${host}: ${words}.`);
      return;
    }
    if (how === 'unsupported' && ++this.tried < ways.length) {
      const [first] = ways.splice(0, 1);
      if (first !== undefined) ways.push(first);
      this.open();
      return;
    }
    this.tried = 0;
    if (this.upMs >= 0) {
      if (clock.nowMs() - this.upMs >= GOOD_MS) this.backoff.succeeded();
      this.ears.missed();
    }
    this.ears.become('waiting', `${host}: ${words}. It is tried again.`);
    this.timer = clock.after(this.backoff.nextDelayMs() ?? GIVEN_UP_MS, () => this.open());
  }
}

/** `data` and `errors` as they were sent; '' where there is neither. */
function membersOf(view: JsonView, entry: number): string {
  return ['data', 'errors']
    .map((name) => ({ name, at: view.member(entry, name) }))
    .filter(({ at }) => at >= 0)
    .map(({ name, at }) => `"${name}":${view.raw(at)}`)
    .join(',');
}

function isObject(members: string): boolean {
  return !('fault' in scanJson(Buffer.from(`{${members}}`), SCAN));
}
