/** All calls that wait, go on or have ended a while ago, and how much of everything they take. */
import type { Deadlines, Principal, Terminal } from '../kernel/index.ts';
import type { InteractionsConfig } from './config.ts';
import { Counted } from './counted.ts';
import { keptCopy } from './kept-outcome.ts';
import type { ParkedCall } from './parked-call.ts';

/** All texts together: questions, answers that came early, outcomes that are kept. */
const MAX_HELD_BYTES = 64 * 1024 * 1024;

export class ParkedCalls {
  /** Calls whose question is open or that go on. */
  live = 0;
  private readonly byId = new Map<string, ParkedCall>();
  private readonly principals = new Counted();
  private readonly upstreams = new Counted();
  private readonly deadlines: Deadlines;
  private heldBytes = 0;

  constructor(deadlines: Deadlines) {
    this.deadlines = deadlines;
  }

  /** Calls that have ended and whose outcome is kept. */
  get kept(): number {
    return this.byId.size - this.live;
  }

  /** Exchanges that wait for what comes next of a call. */
  get retrying(): number {
    let count = 0;
    for (const { retries } of this.byId.values()) count += retries.length;
    return count;
  }

  get(id: string): ParkedCall | undefined {
    return this.byId.get(id);
  }

  all(): Iterable<ParkedCall> {
    return this.byId.values();
  }

  /** Whose they are, each once. */
  callers(): ReadonlySet<Principal> {
    const all = new Set<Principal>();
    for (const { caller } of this.byId.values()) if (caller !== undefined) all.add(caller);
    return all;
  }

  add(call: ParkedCall): void {
    this.byId.set(call.id, call);
    this.live++;
    this.principals.add(call.principal);
    this.upstreams.add(call.upstream);
  }

  /** What there is too much of for one more call, in words; undefined where there is room. */
  full(principal: string, upstream: string, config: InteractionsConfig): string | undefined {
    const { maxParked, maxParkedPerPrincipal, maxParkedPerUpstream } = config;
    const wait = 'may wait for answers at the same time.';
    if (this.principals.of(principal) >= maxParkedPerPrincipal) {
      return `At most ${maxParkedPerPrincipal} calls of one caller ${wait}`;
    }
    if (this.upstreams.of(upstream) >= maxParkedPerUpstream) {
      return `At most ${maxParkedPerUpstream} calls to one server ${wait}`;
    }
    if (this.live >= maxParked) return `At most ${maxParked} calls ${wait}`;
    return this.heldBytes >= MAX_HELD_BYTES
      ? 'The questions that wait for answers are too long, all together.'
      : undefined;
  }

  /** Notes how many bytes of text a call holds from now on; false where that would be too many. */
  hold(call: ParkedCall, bytes: number): boolean {
    const more = bytes - call.heldBytes;
    if (more > 0 && this.heldBytes + more > MAX_HELD_BYTES) return false;
    this.heldBytes += more;
    call.heldBytes = bytes;
    return true;
  }

  /**
   * Ends a call and keeps its outcome for who comes late.
   * @param rawId the JSON-RPC id that the message was made for
   * @returns false where the outcome is too long or too many are kept; then the call is forgotten
   */
  end(call: ParkedCall, message: Terminal, rawId: string, config: InteractionsConfig): boolean {
    this.forget(call);
    const kept = this.kept < config.maxParked ? keptCopy(message) : undefined;
    if (kept === undefined || !this.hold(call, kept.bytes)) return false;
    call.outcome = kept.message;
    call.outcomeId = rawId;
    this.byId.set(call.id, call);
    this.deadlines.add(call, config.answerWithinMs);
    return true;
  }

  forget(call: ParkedCall): void {
    if (!this.byId.delete(call.id)) return;
    this.deadlines.remove(call);
    this.hold(call, 0);
    call.retries = [];
    call.answered = undefined;
    if (call.phase === 'ended') return;
    call.phase = 'ended';
    this.live--;
    this.principals.remove(call.principal);
    this.upstreams.remove(call.upstream);
  }
}
