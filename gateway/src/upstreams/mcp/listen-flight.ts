/** A stream of changes of a modern server (2026-07-28, subscriptions/listen). */
import type { Terminal } from '../../kernel/index.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import type { Incoming } from './message.ts';
import { encodeOwn } from './outgoing.ts';
import type { ListKind } from './peer-head.ts';

const ACKNOWLEDGED = 'notifications/subscriptions/acknowledged';
/** Longest single notification, bytes. */
const MAX_EVENT_BYTES = 256 * 1024;

const FILTER_KEYS = {
  tools: 'toolsListChanged',
  prompts: 'promptsListChanged',
  resources: 'resourcesListChanged',
} as const satisfies Record<ListKind, string>;

export interface ListenEnds {
  onAcknowledged(): void;
  /** The stream is over, whether it was acknowledged or not. */
  onEnd(message: Terminal): void;
}

export class ListenFlight extends Flight {
  readonly method = 'subscriptions/listen';
  readonly logLevel = '';
  private readonly params: string;
  private readonly ends: ListenEnds;

  constructor(
    host: FlightHost,
    kinds: Iterable<ListKind>,
    uris: ReadonlySet<string>,
    ends: ListenEnds,
  ) {
    super(host, MAX_EVENT_BYTES, undefined, false);
    this.ends = ends;
    const members = [...kinds].map((kind) => `"${FILTER_KEYS[kind]}":true`);
    if (uris.size > 0) members.push(`"resourceSubscriptions":${JSON.stringify([...uris])}`);
    this.params = `"notifications":{${members.join(',')}}`;
  }

  encode(link: Link): Buffer {
    return encodeOwn(this.rawId, this.method, this.params, link.revision, this.host.clientInfo);
  }

  pushHeaders(): void {}

  override heard(incoming: Incoming): void {
    if (incoming.method === ACKNOWLEDGED && !this.isSettled) this.ends.onAcknowledged();
    else super.heard(incoming);
  }

  protected override notified(_incoming: Incoming): void {}

  protected override finish(message: Terminal): void {
    this.ends.onEnd(message);
  }
}
