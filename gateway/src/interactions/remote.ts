/**
 * Retries that reach another process than the one that holds their call. The process that was
 * reached has identified, decided and recorded them; the other one only goes on with the call. What
 * travels is sealed: who can read or write at the server between them learns and changes nothing.
 */
import { randomBytes } from 'node:crypto';
import {
  Refusal,
  itemIdText,
  type Asked,
  type CancelReason,
  type Clock,
  type Delivery,
  type EventMessage,
  type Exchange,
  type NoticeMessage,
  type Round,
  type Terminal,
} from '../kernel/index.ts';
import type { Peers, StateSealer, TakenAsk } from './ports.ts';
import {
  STREAM_OPENED,
  deliver,
  readRetry,
  standIn,
  writeEvent,
  writeRetry,
  writeTerminal,
  type RemoteRetry,
} from './remote-message.ts';

const KIND = 'retry';
const RETRY = 'remote-retry';
const OUTCOME = 'remote-outcome';
/** How long a sealed message opens: longer than clocks of two machines differ. */
const OPENS_MS = 10 * 60_000;

export interface RemoteDeps {
  readonly peers: Peers;
  readonly sealer: StateSealer;
  readonly clock: Clock;
  /** How long an outcome may take, milliseconds. */
  readonly patienceMs: () => number;
  /** Goes on with a call that this process holds; `item` is what the retry is about. */
  readonly goOn: (x: Exchange, item: string, delivery: Delivery) => void;
}

export class RemoteRetries {
  private readonly deps: RemoteDeps;

  constructor(deps: RemoteDeps) {
    this.deps = deps;
    deps.peers.onAsk(KIND, (ask) => this.take(ask));
  }

  /**
   * Lets the process that holds the call go on with it. Refuses with `interaction_expired` where
   * that process is not there any more.
   */
  async carryOn(x: Exchange, owner: string, delivery: Delivery): Promise<void> {
    const { peers, patienceMs } = this.deps;
    const { target, cancellation } = x;
    const nonce = randomBytes(16).toString('base64url');
    const item = target?.kind === 'item' ? itemIdText(target.item.id) : '';
    const retry = writeRetry(x, item, nonce);
    if (retry === undefined) return delivery.finish(new Refusal('interaction_expired'));
    const heard = new Letters(this.deps, nonce);
    const end = await peers.ask(owner, KIND, this.seal(RETRY, retry, [peers.ownerId, owner]), {
      signal: cancellation.signal,
      timeoutMs: patienceMs(),
      onEvent: (sealed) => {
        const text = heard.open(sealed);
        if (text !== undefined) deliver(text, delivery);
      },
    });
    if (end.kind === 'answer') {
      const text = heard.open(end.text);
      if (text !== undefined && deliver(text, delivery)) return;
    }
    delivery.finish(refusalFor(end.kind));
  }

  private take(ask: TakenAsk): void {
    const { peers, sealer, clock, goOn } = this.deps;
    const context = JSON.stringify([ask.from, peers.ownerId]);
    const text = sealer.open(RETRY, ask.text, context);
    const retry = text === undefined ? undefined : readRetry(text);
    const x = retry === undefined ? undefined : standIn(retry, clock.nowMs());
    // Without the words of a retry nobody could open what is said.
    if (retry === undefined || x === undefined) return ask.end('');
    ask.signal.addEventListener('abort', () => x.cancellation.cancel(whyOf(ask.signal)));
    goOn(x, retry.item, new RemoteDelivery(ask, retry, this.deps));
  }

  private seal(purpose: string, text: string, context: readonly string[]): string {
    const expiresAtMs = this.deps.clock.nowMs() + OPENS_MS;
    return this.deps.sealer.seal(purpose, text, JSON.stringify(context), expiresAtMs);
  }
}

/** What is said for one retry, each bound to its place, so that none can be repeated or left out. */
class Letters {
  private readonly sealer: StateSealer;
  private readonly clock: Clock;
  private readonly nonce: string;
  private count = 0;

  constructor({ sealer, clock }: RemoteDeps, nonce: string) {
    this.sealer = sealer;
    this.clock = clock;
    this.nonce = nonce;
  }

  seal(text: string): string {
    return this.sealer.seal(OUTCOME, text, this.next(), this.clock.nowMs() + OPENS_MS);
  }

  open(sealed: string): string | undefined {
    return this.sealer.open(OUTCOME, sealed, this.next());
  }

  private next(): string {
    return JSON.stringify([this.nonce, this.count++]);
  }
}

/** Speaks to the process that the caller reached. */
class RemoteDelivery implements Delivery {
  private readonly taken: TakenAsk;
  private readonly letters: Letters;

  constructor(ask: TakenAsk, retry: RemoteRetry, deps: RemoteDeps) {
    this.taken = ask;
    this.letters = new Letters(deps, retry.nonce);
  }

  event(message: EventMessage | NoticeMessage): void {
    this.taken.event(this.letters.seal(writeEvent(message)));
  }

  openStream(): void {
    this.taken.event(this.letters.seal(STREAM_OPENED));
  }

  finish(message: Terminal): void {
    this.taken.end(this.letters.seal(writeTerminal(message)));
  }

  /** Calls that are parked ask before they get here. */
  ask(round: Round): Asked {
    round.abandoned('cancelled');
    return { close: () => undefined };
  }
}

function whyOf(signal: AbortSignal): CancelReason {
  const reason: unknown = signal.reason;
  return reason instanceof Error && reason.message === 'closed' ? 'draining' : 'disconnected';
}

function refusalFor(end: 'answer' | 'gone' | 'timeout' | 'cancelled' | 'unavailable' | 'refused') {
  if (end === 'cancelled') return new Refusal('cancelled');
  if (end === 'gone') return new Refusal('interaction_expired');
  return new Refusal('interaction_expired', {
    text: 'What became of it is not known, because the process that held it cannot be reached.',
  });
}
