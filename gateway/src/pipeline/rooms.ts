/** What the path needs of the rooms. `compose` fits the rooms to it. */
import type {
  Asked,
  Awaitable,
  Delivery,
  Exchange,
  LastingOutlet,
  Received,
  Round,
  Step,
  Terminal,
} from '../kernel/index.ts';
import type { EventMessage, NoticeMessage, OutHeaders, TargetKind } from '../kernel/index.ts';
import type {
  AfterApprove,
  AfterAuthorize,
  AfterDecode,
  AfterIdentify,
  AfterLimit,
  AfterResolve,
  AfterRoute,
  AfterScreen,
  Dispatchable,
} from './evidence.ts';

/** Carries a dispatchable call out and says so, message by message. Never throws for a refusal. */
export interface Carrier {
  carry(x: Dispatchable, delivery: Delivery): Awaitable<void>;
}

/** An encoded answer: everything `listeners` has to put on the socket. */
export interface Encoded {
  readonly status: number;
  readonly headers: OutHeaders;
  readonly body: Buffer | string;
}

/** How the exchange ended, for the record. */
export interface Outcome {
  readonly kind: 'answered' | 'refused' | 'asked' | 'cancelled' | 'abandoned';
  /** The reason's code where the gateway refused. */
  readonly reason: string;
  /** The upstream answered with a JSON-RPC error or a result with `isError`. */
  readonly isError: boolean;
  readonly resultBytes: number;
}

export interface Rooms {
  readonly receive: (x: Exchange) => Awaitable<Step<Received>>;
  readonly route: (x: Received) => Awaitable<Step<AfterRoute>>;
  readonly identify: (x: AfterRoute) => Awaitable<Step<AfterIdentify>>;
  readonly decode: (x: AfterIdentify) => Awaitable<Step<AfterDecode>>;
  readonly resolve: (x: AfterDecode) => Awaitable<Step<AfterResolve>>;
  readonly limit: (x: AfterResolve) => Awaitable<Step<AfterLimit>>;
  readonly screenIn: (x: AfterLimit) => Awaitable<Step<AfterScreen>>;
  readonly authorize: (x: AfterScreen) => Awaitable<Step<AfterAuthorize>>;
  readonly approve: (x: AfterAuthorize) => Awaitable<Step<AfterApprove>>;
  readonly intent: (x: AfterApprove) => Awaitable<Step<Dispatchable>>;
  readonly carriers: Readonly<Record<TargetKind | 'passthrough', Carrier>>;
  /** Screens one message on its way out; may cap, redact or replace it. */
  readonly screenEvent: (x: Exchange, message: EventMessage) => EventMessage | undefined;
  readonly screenTerminal: (x: Exchange, message: Terminal) => Terminal;
  readonly encode: {
    /** What the caller is really told; a refusal where its dialect has no words for the message. */
    settle(x: Exchange, message: Terminal): Terminal;
    /** The head of an answer that comes as a stream. */
    streamHead(x: Exchange): Omit<Encoded, 'body'>;
    event(x: Exchange, message: EventMessage | NoticeMessage): Buffer | string;
    /** The terminal message as the whole answer. */
    answer(x: Exchange, message: Terminal): Encoded;
    /** The terminal message as the last event of an open stream; '' where nothing is said. */
    lastEvent(x: Exchange, message: Terminal): Buffer | string;
  };
  /**
   * A stream that outlives its connection, for callers who may come back for it; undefined for every
   * other. `lost` is called when nobody came back in time.
   */
  readonly lastingStream: (x: Exchange, lost: () => void) => LastingOutlet | undefined;
  /** Calls `lost` when the time is over in which a caller may come back, unless `x` ended before. */
  readonly afterGrace: (x: Exchange, lost: () => void) => void;
  /** A stream is ended because its caller did not read it. */
  readonly onSlowReader: (x: Exchange) => void;
  /** Puts questions of an upstream to the caller. */
  readonly ask: (x: Exchange, round: Round, delivery: Delivery) => Asked;
  /** Whether a message asks the caller something (`input_required`). */
  readonly isQuestion: (message: Terminal) => boolean;
  /** Whether a message is a tool's own error (`isError`). */
  readonly isToolError: (message: Terminal) => boolean;
  /** A bug was caught; it goes to the process log and never to the caller. */
  readonly onBug: (x: Exchange, error: unknown) => void;
  /** Called exactly once for every exchange, whatever became of it. */
  readonly finish: (x: Exchange, outcome: Outcome) => void;
}
