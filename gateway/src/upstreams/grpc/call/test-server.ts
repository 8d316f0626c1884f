/** For tests: a server that speaks gRPC as it is told to, and a caller of it. */
import { once } from 'node:events';
import {
  createSecureServer,
  createServer,
  type IncomingHttpHeaders,
  type ServerHttp2Session,
  type ServerHttp2Stream,
  type SecureServerOptions,
} from 'node:http2';
import type { AddressInfo } from 'node:net';
import { principalOf, systemClock, type JsonObject } from '../../../kernel/index.ts';
import type { WayOut } from '../../../egress/index.ts';
import type { ApiCall, Reply } from '../../api/model.ts';
import { createSecretFilter } from '../../api/http/reply/secret-filter.ts';
import { DEFAULT_STREAMING, originOf, type StreamingConfig } from '../config-schema.ts';
import { callServer, type CallerDeps } from './caller.ts';
import { Channel } from './channel.ts';
import { namedAs } from './field-names.ts';
import { openProto } from './test-proto.ts';

export interface Heard {
  readonly headers: IncomingHttpHeaders;
  readonly stream: ServerHttp2Stream;
  readonly session: ServerHttp2Session;
  /** How many calls came before. */
  readonly nth: number;
  /** What was sent, once it is whole. */
  readonly body: Promise<Buffer>;
}

export interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly heard: readonly Heard[];
  /** Connections so far. */
  readonly sessions: ServerHttp2Session[];
}

const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };

export async function startServer(
  answer: (heard: Heard) => void,
  options: SecureServerOptions & { readonly isSecure?: boolean } = {},
): Promise<TestServer> {
  const server = options.isSecure === true ? createSecureServer(options) : createServer(options);
  const heard: Heard[] = [];
  const sessions: ServerHttp2Session[] = [];
  server.on('session', (session) => {
    sessions.push(session);
    session.on('error', () => undefined);
  });
  server.on('sessionError', () => undefined);
  server.on('stream', (stream, headers) => {
    const session = sessions.find((each) => each === stream.session);
    if (session === undefined) return;
    stream.on('error', () => undefined);
    const chunks: Buffer[] = [];
    const body = new Promise<Buffer>((resolve) => {
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('close', () => resolve(Buffer.concat(chunks)));
      stream.on('end', () => resolve(Buffer.concat(chunks)));
    });
    const one: Heard = { headers, stream, session, nth: heard.length, body };
    heard.push(one);
    answer(one);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: portOf(server.address()),
    heard,
    sessions,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function portOf(address: string | AddressInfo | null): number {
  return typeof address === 'object' && address !== null ? address.port : 0;
}

export function frame(message: Buffer, flag = 0): Buffer {
  const head = Buffer.alloc(5);
  head[0] = flag;
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

/** Sends messages, then the status. */
export function say(
  { stream }: Heard,
  messages: readonly Buffer[],
  trailers: Record<string, string> = { 'grpc-status': '0' },
  headers: Record<string, string> = {},
): void {
  stream.respond({ ...HEADERS, ...headers }, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers(trailers));
  stream.end(Buffer.concat(messages.map((one) => frame(one))));
}

/** A status and nothing else. */
export function refuse({ stream }: Heard, trailers: Record<string, string>): void {
  stream.respond({ ...HEADERS, ...trailers }, { endStream: true });
}

const TEXT = `syntax = "proto3"; package t;
service S {
  rpc Do(M) returns (M); rpc Watch(M) returns (stream M); rpc Add(stream M) returns (M);
  rpc Talk(stream M) returns (stream M);
}
message M { string text = 1; int32 n = 2; repeated M parts = 3; bytes raw = 4; M other_part = 5; }`;

export const { codec: CODEC, method: METHOD } = openProto(TEXT);

export interface Wishes {
  readonly scheme?: 'grpc' | 'grpcs';
  readonly host?: string;
  readonly wayOut?: WayOut;
  readonly isCompressed?: boolean;
  readonly streaming?: Partial<StreamingConfig>;
  readonly secrets?: readonly string[];
  readonly metadata?: readonly string[];
  readonly presented?: CallerDeps['presented'];
}

/** Calls of one server over one channel. */
export function openCaller(port: number, wishes: Wishes = {}) {
  const { scheme = 'grpc', host = '127.0.0.1', wayOut, isCompressed = false } = wishes;
  const origin = originOf(`${scheme}://${host}:${port}`);
  if (origin === null) throw new Error('no address');
  const channel = new Channel({ origin, connectTimeoutMs: 5000, clock: systemClock, wayOut });
  const deps: CallerDeps = {
    channel,
    presented: wishes.presented ?? { bind: (pool) => pool },
    metadata: wishes.metadata ?? [],
    isCompressed,
    streaming: { ...DEFAULT_STREAMING, ...wishes.streaming },
    clock: systemClock,
    secrets: createSecretFilter(wishes.secrets ?? []),
  };
  return {
    call: (
      values: JsonObject = {},
      call: Partial<ApiCall> = {},
      { isList = false, messages }: { isList?: boolean; messages?: readonly Uint8Array[] } = {},
    ): Promise<Reply> => {
      const encoded = CODEC.encode(values);
      if ('kind' in encoded) return Promise.resolve(encoded);
      const work = {
        path: '/t.S/Do',
        messages: messages ?? encoded,
        isList,
        decode: (bytes: Uint8Array) => CODEC.decode(bytes),
        weigh: (bytes: Uint8Array, limit: number) => CODEC.weigh(bytes, limit),
        named: (field: string) => namedAs(METHOD.input, field),
      };
      return callServer(work, { ...CALL, ...call }, deps);
    },
    [Symbol.asyncDispose]: () => {
      channel.close();
      return Promise.resolve();
    },
  };
}

const CALL: ApiCall = {
  principal: principalOf({ id: 'ann', kind: 'user', verifiedBy: 'test' }),
  signal: new AbortController().signal,
  timeoutMs: 20_000,
  maxAnswerBytes: 100_000,
  pageUrl: '',
};

/** `M` with a text. */
export function told(text: string): Buffer {
  const encoded = CODEC.encode({ text });
  if ('kind' in encoded) throw new Error(encoded.text);
  return Buffer.from(encoded[0] ?? []);
}

/** The value of an answer; the reply itself where it is none. */
export function valueOf(reply: Reply): unknown {
  return reply.kind === 'answer' && reply.body.kind === 'json' ? reply.body.value : reply;
}

export function textOf(reply: Reply): string {
  return JSON.stringify(reply);
}
