/** The frames of gRPC: five bytes that say whether a message is compressed and how long it is. */
import { constants, gunzip, gzipSync } from 'node:zlib';

const HEAD_BYTES = 5;

export function frameOf(message: Uint8Array, isCompressed: boolean): Buffer {
  const body = isCompressed ? gzipSync(message) : message;
  const frame = Buffer.allocUnsafe(HEAD_BYTES + body.length);
  frame[0] = isCompressed ? 1 : 0;
  frame.writeUInt32BE(body.length, 1);
  frame.set(body, HEAD_BYTES);
  return frame;
}

/** Why an answer is not read on. */
export class FrameFault extends Error {
  readonly reason: 'upstream_invalid' | 'result_too_large';

  constructor(reason: FrameFault['reason'], text: string) {
    super(text);
    this.reason = reason;
  }
}

/** Takes bytes as they come and gives messages; nothing is held that is longer than is taken. */
export class FrameReader {
  private readonly maxBytes: number;
  private readonly coding: string;
  private waiting: Buffer[] = [];
  private length = 0;

  /** @param coding `grpc-encoding` of the answer @param maxBytes of one message */
  constructor(maxBytes: number, coding: string) {
    this.maxBytes = maxBytes;
    this.coding = coding;
  }

  /** @throws FrameFault */
  async take(chunk: Buffer): Promise<readonly Buffer[]> {
    this.waiting.push(chunk);
    this.length += chunk.length;
    const messages: Buffer[] = [];
    while (this.length >= HEAD_BYTES) {
      const head = this.peek();
      const size = head.readUInt32BE(1);
      if (size > this.maxBytes) throw tooLong(this.maxBytes);
      if (this.length < HEAD_BYTES + size) break;
      const whole = this.whole();
      const body = whole.subarray(HEAD_BYTES, HEAD_BYTES + size);
      this.waiting = [whole.subarray(HEAD_BYTES + size)];
      this.length -= HEAD_BYTES + size;
      messages.push(head[0] === 0 ? body : await this.inflate(body, head[0] ?? 0));
    }
    return messages;
  }

  /** @throws FrameFault where a message was begun and not ended */
  end(): void {
    if (this.length > 0)
      throw new FrameFault('upstream_invalid', 'its answer ends inside a message');
  }

  private peek(): Buffer {
    const [first] = this.waiting;
    return first !== undefined && first.length >= HEAD_BYTES ? first : this.whole();
  }

  private whole(): Buffer {
    const [first] = this.waiting;
    if (this.waiting.length === 1 && first !== undefined) return first;
    const whole = Buffer.concat(this.waiting);
    this.waiting = [whole];
    return whole;
  }

  private inflate(body: Buffer, flag: number): Promise<Buffer> {
    if (flag !== 1 || this.coding !== 'gzip') {
      throw new FrameFault(
        'upstream_invalid',
        'its answer is compressed in a way that was not asked for',
      );
    }
    return new Promise((resolve, reject) => {
      const options = { maxOutputLength: this.maxBytes, finishFlush: constants.Z_SYNC_FLUSH };
      gunzip(body, options, (error, bytes) => {
        if (error === null) resolve(bytes);
        else if ('code' in error && error.code === 'ERR_BUFFER_TOO_LARGE') {
          reject(tooLong(this.maxBytes));
        } else
          reject(new FrameFault('upstream_invalid', 'its answer is not compressed as it says'));
      });
    });
  }
}

function tooLong(maxBytes: number): FrameFault {
  return new FrameFault('result_too_large', `it sent a message of more than ${maxBytes} bytes`);
}
