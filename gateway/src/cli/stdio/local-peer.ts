/** The gateway in this process: no socket, the same path. */
import type { Gateway } from '../../compose/index.ts';
import type { OutHeaders, Outlet } from '../../kernel/index.ts';
import { AnswerReader } from './answer-reader.ts';
import type { Peer } from './peer.ts';

/** @param headers sent with every request */
export function createLocalPeer(
  gateway: Pick<Gateway, 'open'>,
  endpoint: string,
  headers: Readonly<Record<string, string>>,
): Peer {
  return {
    ask: (asking, hearing) => {
      const reader = new AnswerReader(hearing);
      let isLeft = false;
      const leave = gateway.open(
        { ...asking, endpoint, headers: { ...headers, ...asking.headers } },
        outletTo(reader, () => {
          // The path may have answered before it said how to leave.
          if (!isLeft) queueMicrotask(() => leave());
        }),
      );
      return () => {
        isLeft = true;
        reader.abandon();
        leave();
      };
    },
  };
}

function outletTo(reader: AnswerReader, done: () => void): Outlet {
  const head = (status: number, headers: OutHeaders): void =>
    reader.head(status, valueOf(headers, 'content-type'), valueOf(headers, 'mcp-session-id'));
  const finish = (chunk?: Buffer | string): void => {
    if (chunk !== undefined && chunk.length > 0) reader.chunk(Buffer.from(chunk));
    reader.end('');
    done();
  };
  return {
    send: (status, headers, body) => {
      head(status, headers);
      finish(body);
    },
    open: head,
    write: (chunk) => {
      reader.chunk(Buffer.from(chunk));
      return true;
    },
    end: finish,
  };
}

function valueOf(headers: OutHeaders, name: string): string {
  for (let at = 0; at < headers.length; at += 2) {
    if (headers[at]?.toLowerCase() === name) return headers[at + 1] ?? '';
  }
  return '';
}
