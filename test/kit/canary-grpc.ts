/** A gRPC server of the canary tests that keeps every call as it came. */
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { createServer, type IncomingHttpHeaders, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';

const PROTO = `syntax = "proto3";
package canary;
service Service {
  rpc Say(Nothing) returns (Said) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Fail(Nothing) returns (Said) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Hang(Nothing) returns (Said) { option idempotency_level = NO_SIDE_EFFECTS; }
  rpc Garble(Nothing) returns (Said) { option idempotency_level = NO_SIDE_EFFECTS; }
}
message Nothing {}
message Said { string text = 1; }
`;
const HEADERS = { ':status': 200, 'content-type': 'application/grpc' };
const SAID = Buffer.from('\0\0\0\0\x06\x0a\x04said', 'latin1');
const GARBLED = Buffer.from('\0\0\0\0\x02\xff\xff', 'latin1');

export interface GrpcCanary {
  readonly proto: string;
  readonly url: string;
  /** Metadata, which HTTP/2 compresses, and messages of every call, written as HTTP/1.1 would. */
  readonly heard: () => Promise<string>;
  readonly close: () => Promise<void>;
}

/** @param folder where its description is put */
export async function startGrpcCanary(folder: string): Promise<GrpcCanary> {
  const proto = join(folder, 'canary.proto');
  await writeFile(proto, PROTO);
  let heard = '';
  const sessions = new Set<{ destroy(): void }>();
  const server = createServer();
  server.on('session', (session) => {
    sessions.add(session);
    session.on('error', () => undefined);
  });
  server.on('stream', (stream, headers) => {
    const path = headers[':path'] ?? '';
    heard += written(path, headers);
    stream.on('data', (chunk: Buffer) => (heard += chunk.toString('latin1')));
    stream.on('error', () => undefined);
    answer(stream, path.split('/').at(-1) ?? '');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    proto,
    url: `grpc://127.0.0.1:${port}`,
    heard: () => Promise.resolve(heard),
    close: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function written(path: string, headers: IncomingHttpHeaders): string {
  const lines = Object.entries(headers)
    .filter(([name]) => !name.startsWith(':'))
    .map(([name, value]) => `${name}: ${String(value)}\r\n`);
  return `POST ${path} HTTP/1.1\r\n${lines.join('')}\r\n`;
}

function answer(stream: ServerHttp2Stream, name: string): void {
  if (name === 'Hang') return;
  if (name === 'Fail') {
    stream.respond({ ...HEADERS, 'grpc-status': '13', 'grpc-message': 'no' }, { endStream: true });
    return;
  }
  stream.respond(HEADERS, { waitForTrailers: true });
  stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
  stream.end(name === 'Say' ? SAID : GARBLED);
}
