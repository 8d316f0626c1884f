/** Takes the messages out of an HTTP answer: one JSON text, or a stream of server-sent events. */
import { createParser, type EventSourceParser } from 'eventsource-parser';
import type { Hearing } from './peer.ts';

/** Longer messages are no answers of a gateway; they would cost memory without bound. */
const MAX_MESSAGE_CHARACTERS = 64 * 1024 * 1024;

export class AnswerReader {
  private readonly hearing: Hearing;
  private readonly decoder = new TextDecoder();
  private parser: EventSourceParser | undefined = undefined;
  private parts: string[] = [];
  private size = 0;
  private lastId = '';
  private isOver = false;

  constructor(hearing: Hearing) {
    this.hearing = hearing;
  }

  head(status: number, contentType: string, sessionId: string): void {
    if (this.isOver) return;
    if (contentType.startsWith('text/event-stream')) {
      this.parser = createParser({
        onEvent: ({ data, event, id }) => {
          if (id !== undefined) this.lastId = id;
          this.size = 0;
          if (data !== '' && (event === undefined || event === 'message'))
            this.message(data, this.lastId);
        },
      });
    }
    this.hearing.head(status, sessionId);
  }

  chunk(bytes: Buffer): void {
    if (this.isOver) return;
    const text = this.decoder.decode(bytes, { stream: true });
    this.size += text.length;
    if (this.size > MAX_MESSAGE_CHARACTERS) return this.end('an answer was too long');
    if (this.parser === undefined) this.parts.push(text);
    else this.parser.feed(text);
  }

  /** @param why '' where it came to its own end */
  end(why: string): void {
    if (this.isOver) return;
    const text = this.parts.join('').trim();
    if (why === '' && text !== '') this.message(text, '');
    this.isOver = true;
    this.hearing.end(why);
  }

  /** Nothing is heard from now on. */
  abandon(): void {
    this.isOver = true;
  }

  private message(text: string, eventId: string): void {
    if (!this.isOver) this.hearing.message(text, eventId);
  }
}
