/** One feed: its last events, how it is, and when its listeners are told. */
import type { Clock, Timer } from '../../kernel/index.ts';
import { Arrivals } from './arrivals.ts';
import type { FeedEars, FeedLimits, FeedState } from './contract.ts';
import { EventRing } from './event-ring.ts';

/** Updates that follow each other closer are told as one. */
const TELL_EVERY_MS = 100;

export type FeedBounds = Pick<FeedLimits, 'maxEvents' | 'maxBytes' | 'maxPerSecond'>;

export class Feed implements FeedEars {
  state: FeedState = 'opening';
  private readonly name: string;
  private readonly clock: Clock;
  private readonly tell: () => void;
  private readonly ring: EventRing;
  private readonly arrivals: Arrivals;
  private why = '';
  private lastId = 0;
  private missedAt = '';
  private toldMs = Number.NEGATIVE_INFINITY;
  private timer: Timer | undefined;

  /** @param tell says that the content has changed; at most ten times a second */
  constructor(name: string, bounds: FeedBounds, clock: Clock, tell: () => void) {
    this.name = name;
    this.clock = clock;
    this.tell = tell;
    this.ring = new EventRing(bounds.maxEvents, bounds.maxBytes);
    this.arrivals = new Arrivals(clock, bounds.maxPerSecond);
  }

  event(members: string): void {
    if (!this.arrivals.take()) {
      this.ring.dropped++;
      return;
    }
    const receivedAt = new Date(this.clock.nowMs()).toISOString();
    const id = String(++this.lastId);
    this.ring.add(`{"id":"${id}","receivedAt":"${receivedAt}",${members}}`);
    this.changed();
  }

  dropped(): void {
    this.ring.dropped++;
    this.changed();
  }

  become(state: FeedState, why: string): void {
    this.state = state;
    this.why = why;
  }

  missed(): void {
    this.missedAt = new Date(this.clock.nowMs()).toISOString();
    this.changed();
  }

  /** JSON text of what is read. */
  get content(): string {
    const { ring, state, why, missedAt } = this;
    const notes = [
      why,
      ring.dropped === 0
        ? ''
        : `${ring.dropped} ${ring.dropped === 1 ? 'event is' : 'events are'} not kept any more: only the last ones are.`,
      missedAt === '' ? '' : `The connection was lost at ${missedAt}; events may be missing.`,
    ].filter((note) => note !== '');
    const head = `{"feed":${JSON.stringify(this.name)},"state":"${state}","dropped":${ring.dropped}`;
    const noted = notes.length === 0 ? '' : `,"notes":${JSON.stringify(notes)}`;
    return `${head}${noted},"events":${ring.text}}`;
  }

  stop(): void {
    this.timer?.cancel();
  }

  /** At once, but not more often than all `TELL_EVERY_MS`; the last change is always told. */
  private changed(): void {
    if (this.timer !== undefined) return;
    const leftMs = this.toldMs + TELL_EVERY_MS - this.clock.nowMs();
    if (leftMs <= 0 || leftMs > TELL_EVERY_MS) {
      this.say();
      return;
    }
    this.timer = this.clock.after(leftMs, () => {
      this.timer = undefined;
      this.say();
    });
  }

  private say(): void {
    this.toldMs = this.clock.nowMs();
    this.tell();
  }
}
