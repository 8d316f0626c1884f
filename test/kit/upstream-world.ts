/** The upstreams room alone, with what it said and asked for. */
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock, type Clock } from '../../gateway/src/kernel/index.ts';
import {
  createUpstreams,
  upstreamsSchema,
  type UpstreamEvent,
  type UpstreamLimits,
  type Upstreams,
} from '../../gateway/src/upstreams/index.ts';
import { testCredentials } from './credentials.ts';
import { makeSealer } from './sealer.ts';
import {
  buildExchange,
  Recorder,
  type ReadyExchange,
  type RequestShape,
} from './upstream-exchange.ts';

export interface UpstreamWorld extends AsyncDisposable {
  readonly room: Upstreams;
  readonly events: UpstreamEvent[];
  readonly log: string[];
  configure(upstreams: Record<string, unknown>, limits?: Partial<UpstreamLimits>): void;
  /** Carries one request out and remembers what comes back. */
  call(text: string, shape?: RequestShape): { x: ReadyExchange; recorder: Recorder };
  /** Resolves with the first event that fits, past or future. */
  event(fits: (event: UpstreamEvent) => boolean): Promise<UpstreamEvent>;
}

const LIMITS: UpstreamLimits = { callTimeoutMs: 10_000, maxResultBytes: 1024 * 1024 };

export function upstreamWorld(
  upstreams: Record<string, unknown>,
  options: {
    readonly clock?: Clock;
    readonly limits?: Partial<UpstreamLimits>;
    /** Where imports of APIs are kept; needed where there are any. */
    readonly stateDir?: string;
  } = {},
): UpstreamWorld {
  const events: UpstreamEvent[] = [];
  const log: string[] = [];
  const waiting = new Set<() => void>();
  const room = createUpstreams({
    clock: options.clock ?? systemClock,
    directory: import.meta.dirname,
    version: '0.0.0-test',
    stateDir: options.stateDir ?? join(tmpdir(), 'drawbridge-no-state'),
    sealer: makeSealer(options.clock ?? systemClock),
    credentials: testCredentials(options.clock ?? systemClock),
    log: (level, text, fields) => log.push(`${level} ${text} ${JSON.stringify(fields ?? {})}`),
  });
  room.onEvent((event) => {
    events.push(event);
    for (const look of waiting) look();
  });
  const configure: UpstreamWorld['configure'] = (entries, limits) =>
    room.configure(upstreamsSchema.parse(entries), { ...LIMITS, ...options.limits, ...limits });
  configure(upstreams);
  return {
    room,
    events,
    log,
    configure,
    call: (text, shape) => {
      const x = buildExchange(text, shape);
      const recorder = new Recorder();
      void room.carry(x, recorder);
      return { x, recorder };
    },
    event: (fits) =>
      new Promise((resolve) => {
        const look = (): void => {
          const found = events.find(fits);
          if (found === undefined) return;
          waiting.delete(look);
          resolve(found);
        };
        waiting.add(look);
        look();
      }),
    [Symbol.asyncDispose]: () => room.close(),
  };
}
