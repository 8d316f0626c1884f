/**
 * A server by hand whose tools ask their caller something; each does what its name says. It speaks
 * either era over whatever carries its messages, and counts what it did.
 */
export interface Message {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly name?: string;
    readonly _meta?: { readonly progressToken?: unknown };
    readonly inputResponses?: Readonly<Record<string, unknown>>;
    readonly requestState?: string;
    readonly capabilities?: unknown;
    readonly requestId?: unknown;
    readonly protocolVersion?: string;
  };
  readonly result?: unknown;
  readonly error?: { readonly code: number };
}

/** What the tool `tally` tells. */
export interface Tally {
  /** Calls that came to their end, with all they had asked. */
  readonly effects: number;
  /** Calls that were begun. */
  readonly runs: number;
  /** Ids of requests that were cancelled. */
  readonly cancelled: unknown[];
  /** Capabilities as `initialize` declared them. */
  readonly declared: unknown[];
}

interface Ask {
  readonly method: string;
  readonly params?: object;
}

const FORM: Ask = {
  method: 'elicitation/create',
  params: { message: 'Name?', requestedSchema: { type: 'object', properties: {} } },
};
const URL: Ask = {
  method: 'elicitation/create',
  params: { mode: 'url', message: 'Sign in', url: 'https://example.com/', elicitationId: 'e1' },
};
const SAMPLE: Ask = { method: 'sampling/createMessage', params: { messages: [], maxTokens: 9 } };
const ROOTS: Ask = { method: 'roots/list' };

/** What each tool asks: rounds, and in each of them what is asked at once. */
const TOOLS: Readonly<Record<string, readonly (readonly Ask[])[]>> = {
  plain: [],
  form: [[FORM]],
  url: [[URL]],
  sample: [[SAMPLE]],
  roots: [[ROOTS]],
  twice: [[FORM], [SAMPLE]],
  parallel: [[FORM, ROOTS, SAMPLE]],
  progress: [[FORM]],
  ends: [[FORM]],
  dies: [[FORM]],
};

export type Send = (message: object, last?: boolean) => void;

export class AskingBrain {
  private readonly isModern: boolean;
  private readonly die: () => void;
  private readonly waiting = new Map<string, (answer: Message) => void>();
  private readonly tally = {
    effects: 0,
    runs: 0,
    cancelled: [] as unknown[],
    declared: [] as unknown[],
  };
  private lastAsk = 0;

  constructor(isModern: boolean, die: () => void) {
    this.isModern = isModern;
    this.die = die;
  }

  /** @param send says something on the way on which the message came */
  take(message: Message, send: Send): void {
    const { id, method } = message;
    if (method === 'notifications/cancelled') this.tally.cancelled.push(message.params?.requestId);
    else if (method === undefined) {
      const key = String(id);
      this.waiting.get(key)?.(message);
      this.waiting.delete(key);
    } else if (id !== undefined) this.request(message, send);
  }

  private request(message: Message, send: Send): void {
    const { id, method, params = {} } = message;
    const answer = (result: object): void => {
      const hints = { resultType: 'complete', ttlMs: 0, cacheScope: 'private' };
      send({ jsonrpc: '2.0', id, result: this.isModern ? { ...hints, ...result } : result }, true);
    };
    if (method === 'server/discover' && this.isModern) {
      answer({ supportedVersions: ['2026-07-28'], capabilities: { tools: {} } });
    } else if (method === 'initialize' && !this.isModern) {
      this.tally.declared.push(params.capabilities);
      answer({
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'asking', version: '1' },
      });
    } else if (method === 'tools/list') answer({ tools: Object.keys(TOOLS).map(named) });
    else if (method !== 'tools/call') {
      send({ jsonrpc: '2.0', id, error: { code: -32601, message: 'no such method' } }, true);
    } else if (params.name === 'tally') answer(text(this.tally));
    else if (this.isModern) this.modern(params, answer);
    else void this.legacy(message, send, answer);
  }

  private async legacy(
    { params = {} }: Message,
    send: Send,
    answer: (result: object) => void,
  ): Promise<void> {
    this.tally.runs++;
    const { name = '' } = params;
    const answers: unknown[] = [];
    for (const round of TOOLS[name] ?? []) {
      if (name === 'progress') progress(params, 1, send);
      const asked = round.map((ask) => this.ask(ask, send));
      if (name === 'progress') progress(params, 2, send);
      if (name === 'ends') return answer(text('over'));
      if (name === 'dies') return this.die();
      for (const each of await Promise.all(asked)) answers.push(each.result ?? each.error);
      if (name === 'progress') progress(params, 3, send);
    }
    this.tally.effects++;
    answer(text(answers));
  }

  private ask(ask: Ask, send: Send): Promise<Message> {
    const id = `ask-${++this.lastAsk}`;
    send({ jsonrpc: '2.0', id, ...ask });
    return new Promise((resolve) => this.waiting.set(id, resolve));
  }

  /** Everything known so far comes back with the call. */
  private modern(params: NonNullable<Message['params']>, answer: (result: object) => void): void {
    const { name = '', requestState, inputResponses = {} } = params;
    if (requestState === undefined) this.tally.runs++;
    const known = JSON.parse(requestState ?? '[]') as unknown[];
    const rounds = TOOLS[name] ?? [];
    const next = rounds[known.length];
    const responses = next
      ?.map((_, at) => inputResponses[`k${at}`])
      .filter((one) => one !== undefined);
    const isAnswered = next !== undefined && responses?.length === next.length;
    if (isAnswered) known.push(responses);
    const asked = rounds[known.length];
    if (asked === undefined) {
      this.tally.effects++;
      return answer(text(known.flat()));
    }
    const inputRequests = Object.fromEntries(asked.map((ask, at) => [`k${at}`, ask]));
    answer({ resultType: 'input_required', inputRequests, requestState: JSON.stringify(known) });
    if (name === 'dies') this.die();
  }
}

function progress(params: NonNullable<Message['params']>, at: number, send: Send): void {
  const progressToken = params._meta?.progressToken;
  const method = 'notifications/progress';
  send({ jsonrpc: '2.0', method, params: { progressToken, progress: at } });
}

function text(value: unknown): object {
  return { content: [{ type: 'text', text: JSON.stringify(value) }] };
}

function named(name: string): object {
  return { name, inputSchema: { type: 'object' } };
}
