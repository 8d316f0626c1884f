/** What conditions may know of a call. */
import type { ItemId, Json, Principal } from '../kernel/index.ts';

export class PrincipalFacts {
  readonly id: string;
  readonly kind: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly scopes: readonly string[];
  readonly claims: Readonly<Record<string, Json>>;

  constructor({ id, kind, user, agent, team, groups, scopes, claims }: Principal) {
    this.id = id;
    this.kind = kind;
    this.user = user;
    this.agent = agent;
    this.team = team;
    this.groups = groups;
    this.scopes = scopes;
    this.claims = claims;
  }
}

export class ItemFacts {
  readonly upstream: string;
  readonly kind: string;
  readonly name: string;
  readonly labels: readonly string[];

  constructor({ upstream, kind, name }: ItemId, labels: readonly string[]) {
    this.upstream = upstream;
    this.kind = kind;
    this.name = name;
    this.labels = labels;
  }
}

export class NetworkFacts {
  readonly address: string;

  constructor(address: string) {
    this.address = address;
  }
}

/** What is known of the call beyond who makes it and of what. */
export interface CallFacts {
  /** Arguments as parsed JSON, or why no condition may look at them. */
  readonly args: Readonly<Record<string, unknown>> | string;
  /** Values in them, at all depths. */
  readonly values: number;
  readonly time: Date;
  /** The caller's address; '' where the call came from this process. */
  readonly address: string;
}

/** Everything that a condition is evaluated over. */
export interface Facts {
  readonly principal: Principal;
  readonly endpoint: string;
  readonly item: ItemId;
  readonly labels: readonly string[];
  /** Undefined while the call is not known, as for lists. */
  readonly call: CallFacts | undefined;
}

/** Arguments longer than this are not looked at, characters. */
const MAX_CHARACTERS = 64 * 1024;

/**
 * Reads arguments for conditions. What cannot be compared exactly or is too large is refused with a
 * sentence, and a condition over it fails.
 */
export function readArguments(text: string): Pick<CallFacts, 'args' | 'values'> {
  if (text === '') return { args: {}, values: 0 };
  if (text.length > MAX_CHARACTERS) return { args: 'the arguments are too long', values: 0 };
  const parsed: unknown = JSON.parse(text);
  if (!isObject(parsed)) return { args: 'the arguments are no object', values: 0 };
  let values = 0;
  const waiting: unknown[] = [parsed];
  for (let at = waiting.pop(); at !== undefined; at = waiting.pop()) {
    values++;
    if (typeof at === 'number' && Math.abs(at) > Number.MAX_SAFE_INTEGER) {
      return { args: 'a number is too large to be compared exactly', values };
    }
    if (typeof at !== 'object' || at === null) continue;
    const members: readonly unknown[] = Object.values(at);
    waiting.push(...members);
  }
  return { args: parsed, values };
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
