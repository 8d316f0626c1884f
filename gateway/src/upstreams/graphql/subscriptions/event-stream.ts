/** One subscription over one answer of server-sent events (graphql-sse, distinct connections). */
import {
  failureWords,
  type ResponseControl,
  type ResponseHandler,
  type ResponseHeaders,
} from '../../../egress/index.ts';
import { scanJson } from '../../../kernel/index.ts';
import { headerOf } from '../../api/http/reply/media.ts';
import type { Streams } from '../../api/http/caller.ts';
import { refusalIn } from '../../credential-port.ts';
import { SseReader } from '../../mcp-http/sse-reader.ts';
import { firstMessage, SCAN, type Connect, type Hearing, type Wanted } from './connection.ts';

export interface StreamSettings {
  readonly url: URL;
  readonly streams: Streams;
  readonly maxMessageBytes: number;
}

const HEADERS = ['content-type', 'application/json', 'accept', 'text/event-stream'];
const UNWANTED = new Error('it is not wanted any more');
const NO_STREAM: ReadonlySet<number> = new Set([401, 403, 429, 502, 503, 504]);
const MAX_REFUSAL_BYTES = 16 * 1024;

export function streamConnect(settings: StreamSettings): Connect {
  return (wanted, hearing) => {
    const stream = new EventStream(settings, wanted, hearing);
    return () => stream.close();
  };
}

class EventStream implements ResponseHandler {
  private readonly hearing: Hearing;
  private readonly reader: SseReader;
  private control: ResponseControl | undefined;
  private status = 0;
  private isStream = false;
  private refusal = Buffer.alloc(0);
  private isOver = false;

  constructor({ url, streams, maxMessageBytes }: StreamSettings, wanted: Wanted, hearing: Hearing) {
    this.hearing = hearing;
    const take = (data: Buffer): void => this.take(data);
    this.reader = new SseReader(maxMessageBytes, {
      onData: take,
      onOther: (type, data) => {
        if (type === 'next') take(data);
        else if (type === 'complete') this.end('done', '');
      },
      onEmpty: (type) => {
        if (type === 'complete') this.end('done', '');
      },
    });
    const request = {
      method: 'POST',
      path: url.pathname + url.search,
      headers: [...streams.headers, ...HEADERS],
      body: Buffer.from(wanted.payload),
    };
    streams.bind(streams.pool(url), wanted.principal).send(request, this);
  }

  close(): void {
    this.isOver = true;
    this.control?.abort(UNWANTED);
  }

  onRequestStart(control: ResponseControl): void {
    this.control = control;
    if (this.isOver) control.abort(UNWANTED);
    else control.setAside();
  }

  onResponseStart(_control: ResponseControl, status: number, headers: ResponseHeaders): void {
    this.status = status;
    const isEvents = /^text\/event-stream\b/i.test(headerOf(headers, 'content-type'));
    // Some send what is wrong with a subscription as its only event.
    this.isStream = isEvents && !NO_STREAM.has(status);
    if (this.isStream) this.hearing.up();
  }

  onResponseData(_control: ResponseControl, chunk: Buffer): void {
    if (this.isOver) return;
    if (!this.isStream) {
      this.refusal = Buffer.concat([this.refusal, chunk]).subarray(0, MAX_REFUSAL_BYTES);
    } else if (!this.reader.push(chunk)) {
      this.hearing.unreadable();
      this.end('lost', 'an event was longer than is taken');
    }
  }

  onResponseEnd(): void {
    if (this.isStream) this.end('lost', 'the connection was closed');
    else this.refused();
  }

  onResponseError(_control: ResponseControl | null, error: Error): void {
    this.end('lost', refusalIn(error)?.text ?? failureWords(error));
  }

  private refused(): void {
    const { status } = this;
    const view = scanJson(this.refusal, SCAN);
    const said = 'fault' in view ? '' : firstMessage(view, view.member(0, 'errors'));
    if (status === 401 || status === 403) {
      this.end('done', `it refuses the credentials (HTTP ${status})`);
    } else if (status > 500 || status === 429) this.end('lost', `it answered with HTTP ${status}`);
    else if (said !== '') this.end('done', said);
    else if (status === 500) this.end('lost', 'it answered with HTTP 500');
    else this.end('unsupported', 'it sends no server-sent events');
  }

  private take(data: Buffer): void {
    if (this.isOver) return;
    const view = scanJson(data, SCAN);
    if ('fault' in view || view.kind(0) !== 'object') this.hearing.unreadable();
    else this.hearing.result(view, 0);
  }

  private end(how: 'done' | 'lost' | 'unsupported', why: string): void {
    if (this.isOver) return;
    this.close();
    this.hearing.ended({ how, why });
  }
}
