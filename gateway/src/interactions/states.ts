/**
 * The `requestState` that callers hold: sealed, bound to principal, endpoint and call, and of three
 * kinds that are told apart by their first character.
 */
import { createHash, randomUUID } from 'node:crypto';
import { Refusal, type Clock, type Exchange } from '../kernel/index.ts';
import type { StateSealer } from './ports.ts';

const PURPOSE = 'request-state';

/** What a `requestState` of ours stands for. */
export type OpenedState =
  /** The upstream's own state: it goes on from there. */
  | { readonly kind: 'upstream'; readonly state: string }
  /** The call as it was, made anew: the answers were for somebody else than the upstream. */
  | { readonly kind: 'repeat' }
  /** A call that waits for these answers, as `readHandle` reads it. */
  | { readonly kind: 'parked'; readonly parked: string };

/** Which round of which parked call is meant. */
export interface Handle {
  /** Id of the exchange that began the call. */
  readonly id: string;
  readonly round: number;
  /** The process that holds the call. */
  readonly owner: string;
}

export class States {
  /** Names this process among all that ever gave out states. */
  readonly owner: string;
  private readonly sealer: StateSealer;
  private readonly clock: Clock;

  constructor(sealer: StateSealer, clock: Clock, owner: string = randomUUID()) {
    this.owner = owner;
    this.sealer = sealer;
    this.clock = clock;
  }

  /** @param rawState the upstream's string as it was written: some strings of JSON have no UTF-8 */
  sealUpstream(x: Exchange, rawState: string, forMs: number): string {
    return this.seal(x, rawState, forMs);
  }

  sealRepeat(x: Exchange, forMs: number): string {
    return this.seal(x, `R${argumentsDigest(x)}`, forMs);
  }

  sealParked(x: Exchange, id: string, round: number, forMs: number): string {
    return this.seal(x, `P${argumentsDigest(x)}${writeHandle(id, round, this.owner)}`, forMs);
  }

  /** What a state stands for, or `state_invalid` where it was not given out for this very call. */
  open(x: Exchange, sealed: string): OpenedState | Refusal {
    const text = this.sealer.open(PURPOSE, sealed, contextOf(x));
    if (text === undefined) return stateInvalid();
    const kind = text[0];
    if (kind === '"') return { kind: 'upstream', state: String(JSON.parse(text)) };
    if (text.slice(1, 1 + DIGEST_CHARS) !== argumentsDigest(x)) {
      return stateInvalid('The arguments must be the same as before.');
    }
    return kind === 'R'
      ? { kind: 'repeat' }
      : { kind: 'parked', parked: text.slice(1 + DIGEST_CHARS) };
  }

  private seal(x: Exchange, text: string, forMs: number): string {
    return this.sealer.seal(PURPOSE, text, contextOf(x), this.clock.nowMs() + forMs);
  }
}

export function stateInvalid(
  text = 'Repeat the call without it and without inputResponses to begin again.',
): Refusal {
  return new Refusal('state_invalid', { text });
}

function writeHandle(id: string, round: number, owner: string): string {
  return `${id}/${round}/${owner}`;
}

/** Reads what stands in `Exchange.parked`. */
export function readHandle(parked: string): Handle {
  const [id = '', round = '', owner = ''] = parked.split('/');
  return { id, round: Number(round), owner };
}

/** A state is good for one principal, one endpoint, one method and one item. */
function contextOf(x: Exchange): string {
  return JSON.stringify([x.principal?.id, x.endpoint, x.call?.method, x.call?.name]);
}

const DIGEST_CHARS = 43;

/** SHA-256 of the arguments as the caller wrote them, white space aside; none are like `{}`. */
function argumentsDigest({ call }: Exchange): string {
  const hash = createHash('sha256');
  if (call === undefined || call.arguments < 0) hash.update('{}');
  else hashCompact(hash, call.view.slice(call.arguments));
  return hash.digest('base64url');
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

/** Feeds JSON without the white space between its tokens. */
function hashCompact(hash: { update(bytes: Buffer): unknown }, json: Buffer): void {
  let from = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at] ?? 0;
    if (byte === QUOTE) at = stringEnd(json, at);
    else if (byte <= SPACE) {
      if (at > from) hash.update(json.subarray(from, at));
      from = at + 1;
    }
  }
  if (from < json.length) hash.update(json.subarray(from));
}

/** The offset of the quote that ends the string which begins at `from`. */
function stringEnd(json: Buffer, from: number): number {
  let at = from + 1;
  while (at < json.length && json[at] !== QUOTE) at += json[at] === BACKSLASH ? 2 : 1;
  return at;
}
