/** One webhook: which requests are let in, and what becomes of them. */
import type { Clock } from '../../kernel/index.ts';
import { Arrivals } from '../feeds/arrivals.ts';
import type { Feed } from '../feeds/feed.ts';
import { keyOf, type WebhookConfig } from './config-schema.ts';
import { bodyText, formOf, type BodyForm } from './event-body.ts';
import type { Replays } from './replays.ts';
import { proofOf, schemeOf, type Claim, type HookHeaders, type Scheme } from './signatures.ts';

export type { HookHeaders } from './signatures.ts';

/** A request as far as its headers tell. */
export type HookRequest =
  | { readonly kind: 'signed'; judge(body: Buffer): HookVerdict }
  /** Without a signature that could be right; nothing says which part is missing. */
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'wrong_type' };

export type HookVerdict =
  /** `keep` puts it among the events; `id` is the sender's own, '' where none is signed. */
  | { readonly kind: 'event'; readonly id: string; keep(): void }
  /** The same message was taken before. */
  | { readonly kind: 'repeated'; readonly id: string }
  | { readonly kind: 'unsigned' }
  | { readonly kind: 'not_json'; readonly id: string }
  | { readonly kind: 'too_many'; readonly id: string };

/** What the door for webhooks sees of one. */
export interface Hook {
  readonly maxBodyBytes: number;
  /** Judges the headers alone, so that no body is read that cannot be signed. */
  open(headers: HookHeaders): HookRequest;
}

export interface HookDeps {
  readonly clock: Clock;
  readonly replays: Replays;
  readonly feed: Feed;
}

export function createHook(config: WebhookConfig, deps: HookDeps): Hook {
  return new SignedHook(config, deps);
}

class SignedHook implements Hook {
  readonly maxBodyBytes: number;
  private readonly deps: HookDeps;
  private readonly keys: readonly Buffer[];
  private readonly scheme: Scheme;
  private readonly kept: readonly string[];
  private readonly arrivals: Arrivals;

  constructor(config: WebhookConfig, deps: HookDeps) {
    const { secret, signature, headers, maxBodyBytes, maxPerSecond } = config;
    this.maxBodyBytes = maxBodyBytes;
    this.deps = deps;
    this.keys = [secret].flat().map((one) => keyOf(one, signature));
    this.scheme = schemeOf(config);
    this.kept = [...new Set([...this.scheme.telling, ...headers])];
    this.arrivals = new Arrivals(deps.clock, maxPerSecond);
  }

  open(headers: HookHeaders): HookRequest {
    const claim = this.scheme.claim(headers, this.deps.clock.nowMs());
    if (claim === undefined) return { kind: 'unsigned' };
    const form = formOf(textOf(headers['content-type']));
    const encoding = textOf(headers['content-encoding']);
    if (form === undefined || !/^(?:identity)?$/i.test(encoding)) return { kind: 'wrong_type' };
    return { kind: 'signed', judge: (body) => this.judge(claim, headers, form, body) };
  }

  private judge(claim: Claim, headers: HookHeaders, form: BodyForm, body: Buffer): HookVerdict {
    const proof = proofOf(claim, body, this.keys);
    if (proof === undefined) return { kind: 'unsigned' };
    const { id } = claim;
    const { replays, feed } = this.deps;
    // An id that is signed names the message even where it is sent again with another time.
    const key = id === '' ? `proof ${proof.toString('base64')}` : `id ${id}`;
    if (replays.has(key)) return { kind: 'repeated', id };
    if (!this.arrivals.take()) return { kind: 'too_many', id };
    const text = bodyText(body, form);
    if (text === undefined) return { kind: 'not_json', id };
    const members = `"headers":${JSON.stringify(this.keptOf(headers))},"body":${text}`;
    return {
      kind: 'event',
      id,
      keep: () => {
        replays.add(key);
        feed.event(members);
      },
    };
  }

  private keptOf(headers: HookHeaders): Record<string, string> {
    const pairs = this.kept.map((name): [string, string] => [name, textOf(headers[name])]);
    return Object.fromEntries(pairs.filter(([, value]) => value !== ''));
  }
}

function textOf(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value : (value ?? []).join(', ');
}
