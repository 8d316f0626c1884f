/** A caller's request on its way to an upstream, and what comes back for it. */
import {
  addMembers,
  ROOT,
  replaceValue,
  type AnswerMessage,
  type Delivery,
  type Edit,
  type Terminal,
  severityOf,
} from '../../kernel/index.ts';
import { Flight, type FlightHost, type Link } from './flight.ts';
import type { Incoming } from './message.ts';
import { encodeMirrored, pushParamHeaders } from './mirrored.ts';
import { encodeLegacy, encodeModern, type UpstreamCall } from './outgoing.ts';

/** Headers of a vendor method that repeat its body; only the caller knows which they are. */
const MIRRORED = /^mcp-(?:name$|param-)/;

export class CallFlight extends Flight {
  readonly method: string;
  readonly logLevel: string;
  private readonly x: UpstreamCall;
  private readonly delivery: Delivery;

  constructor(x: UpstreamCall, delivery: Delivery, host: FlightHost, maxBytes: number) {
    super(host, maxBytes);
    this.x = x;
    this.delivery = delivery;
    this.method = x.call.method;
    this.logLevel = x.call.logLevel;
  }

  encode(link: Link): Buffer {
    return link.era === 'modern'
      ? encodeModern(this.x, this.rawId, link.revision)
      : encodeLegacy(this.x, this.rawId);
  }

  pushHeaders(out: string[]): void {
    const { x } = this;
    const { target, call } = x;
    if (target.kind === 'item') {
      if (call.row?.named !== undefined) {
        out.push('Mcp-Name', encodeMirrored(target.originalName));
      }
      const { headerBindings } = target.item;
      if (headerBindings.length > 0) pushParamHeaders(call, x.edits, headerBindings, out);
      return;
    }
    if (x.dialect !== 'modern') return;
    for (const [name, value] of Object.entries(x.head.headers)) {
      if (typeof value === 'string' && MIRRORED.test(name)) out.push(name, value);
    }
  }

  protected override notified(incoming: Incoming): void {
    const { method, view } = incoming;
    if (method === 'notifications/progress') this.progressed(incoming);
    else if (method !== 'notifications/message' || this.wantsLog(incoming)) {
      this.delivery.event({ kind: 'event', method, view, edits: [] });
    }
  }

  protected override finish(message: Terminal): void {
    const isWhole = message.kind !== 'result' && message.kind !== 'error';
    this.delivery.finish(isWhole ? message : this.completed(message));
  }

  /** Puts the caller's own token back; progress under another token is not for this call. */
  private progressed({ method, view, value }: Incoming): void {
    const { rawProgressToken } = this.x.call;
    const token = view.member(value, 'progressToken');
    if (rawProgressToken === '' || view.raw(token) !== this.rawId) return;
    const edits = [replaceValue(view, token, rawProgressToken)];
    this.delivery.event({ kind: 'event', method, view, edits });
  }

  private wantsLog({ view, value }: Incoming): boolean {
    const { logLevel, x, link } = this;
    if (logLevel === '') return x.dialect === 'legacy' && link?.era === 'legacy';
    const severity = severityOf(view.string(view.member(value, 'level')) ?? '') ?? 0;
    return severity >= (severityOf(logLevel) ?? 0);
  }

  /** Adds what a sloppy peer left out and the encoders count on. */
  private completed(message: AnswerMessage): AnswerMessage {
    const { view, value, era, kind } = message;
    const edits: Edit[] = [];
    if (view.member(ROOT, 'id') < 0) edits.push(addMembers(view, ROOT, `"id":${this.x.rawId}`));
    const lacksType = era === 'modern' && kind === 'result' && this.x.dialect === 'modern';
    if (lacksType && view.member(value, 'resultType') < 0) {
      edits.push(addMembers(view, value, '"resultType":"complete"'));
    }
    return edits.length === 0 ? message : { ...message, edits };
  }
}
