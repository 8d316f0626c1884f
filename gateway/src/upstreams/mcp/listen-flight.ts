/** A stream of changes of a modern server (2026-07-28, subscriptions/listen). */
import type { JsonView, Terminal } from '../../kernel/index.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import type { Incoming } from './message.ts';
import { encodeOwn } from './outgoing.ts';
import type { ListKind } from './peer-head.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
/** Longest single notification, bytes. */
const MAX_EVENT_BYTES = 256 * 1024;

const NO_URIS: ReadonlySet<string> = new Set();

const FILTER_KEYS = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
} as const satisfies Record<ListKind, string>;

/** What a stream is to tell of. */
export interface ListenFilter {
  readonly kinds?: Iterable<ListKind>;
  readonly uris?: ReadonlySet<string>;
  readonly taskIds?: readonly string[];
  /** What is declared with it, JSON text; nothing without it. */
  readonly capabilities?: string;
}

export interface ListenEnds {
  onAcknowledged(): void;
  /** A task that was asked for has changed. */
  onTask?(view: JsonView, params: number): void;
  /** The stream is over, whether it was acknowledged or not. */
  onEnd(message: Terminal): void;
}

export class ListenFlight extends Flight {
  readonly method = 'subscriptions/listen';
  readonly logLevel = '';
  private readonly params: string;
  private readonly capabilities: string | undefined;
  private readonly ends: ListenEnds;

  constructor(
    host: FlightHost,
    { kinds = [], uris = NO_URIS, taskIds = [], capabilities }: ListenFilter,
    ends: ListenEnds,
  ) {
    super(host, MAX_EVENT_BYTES, undefined, false);
    this.ends = ends;
    const members = [...kinds].map((kind) => `"${FILTER_KEYS[kind]}":true`);
    if (uris.size > 0) members.push(`"resourceSubscriptions":${JSON.stringify([...uris])}`);
    if (taskIds.length > 0) members.push(`"taskIds":${JSON.stringify(taskIds)}`);
    this.capabilities = capabilities;
    this.params = `"notifications":{${members.join(',')}}`;
  }

  encode(link: Link): Buffer {
    const { rawId, method, params, capabilities } = this;
    return encodeOwn(rawId, method, params, link.revision, this.host.clientInfo, capabilities);
  }

  pushHeaders(): void {}

  override heard(incoming: Incoming): void {
    if (incoming.method === ACKNOWLEDGED && !this.isSettled) this.ends.onAcknowledged();
    else super.heard(incoming);
  }

  protected override notified({ method, view, value }: Incoming): void {
    if (method === 'notifications/tasks') this.ends.onTask?.(view, value);
  }

  protected override finish(message: Terminal): void {
    this.ends.onEnd(message);
  }
}
