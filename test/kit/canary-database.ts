/** A database of the canary tests: as much of PostgreSQL as its four queries need, every byte kept. */
import { mkdir, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { TOOLS } from './canary-brain.ts';

export interface CanaryDatabase {
  readonly url: string;
  /** Folder of its queries. */
  readonly queries: string;
  heard(): Promise<string>;
  close(): Promise<void>;
}

function message(kind: string, ...parts: readonly (string | number)[]): Buffer {
  const body = Buffer.concat(
    parts.map((part) => {
      if (typeof part === 'string') return Buffer.from(part, 'latin1');
      const bytes = Buffer.alloc(4);
      bytes.writeInt32BE(part);
      return bytes;
    }),
  );
  const head = Buffer.alloc(5);
  head.write(kind, 'latin1');
  head.writeUInt32BE(body.length + 4, 1);
  return Buffer.concat([head, body]);
}

/** The password is asked for as it is, so that it can be seen to arrive. */
const ASK_PASSWORD = message('R', 3);
const WELCOME = Buffer.concat([message('R', 0), message('K', 1, 1), message('Z', 'I')]);
const READY = message('Z', 'T');
const DONE = Buffer.concat([message('C', 'SELECT 1\0'), READY]);
const PARSED = message('1');
const DESCRIBED = Buffer.concat([PARSED, message('t', '\0\0'), READY]);
const COLUMN = message('T', '\0\x01said\0', 0, '\0\0', 25, '\xff\xff', -1, '\0\0');
const SAID = Buffer.concat([PARSED, message('2'), COLUMN, message('D', '\0\x01', 4, 'said'), DONE]);
const FAILED = Buffer.concat([message('E', 'SERROR\0CXX000\0Mno\0\0'), READY]);

/** Answers one connection, message by message. */
class Conversation {
  private readonly socket: Socket;
  private rest = Buffer.alloc(0);
  private hasStarted = false;
  private sql = '';
  private isChecked = true;

  constructor(socket: Socket) {
    this.socket = socket;
    socket.on('data', (chunk) => this.take(chunk)).on('error', () => undefined);
  }

  private take(chunk: Buffer): void {
    this.rest = Buffer.concat([this.rest, chunk]);
    for (;;) {
      const headLength = this.hasStarted ? 1 : 0;
      if (this.rest.length < headLength + 4) return;
      const end = headLength + this.rest.readUInt32BE(headLength);
      if (this.rest.length < end) return;
      const kind = this.hasStarted ? String.fromCharCode(this.rest[0] ?? 0) : 'startup';
      const body = this.rest.toString('latin1', headLength + 4, end);
      this.rest = this.rest.subarray(end);
      this.hasStarted = true;
      this.answer(kind, body);
    }
  }

  private answer(kind: string, body: string): void {
    if (kind === 'startup') this.socket.write(ASK_PASSWORD);
    if (kind === 'p') this.socket.write(WELCOME);
    if (kind === 'Q') this.socket.write(DONE);
    if (kind === 'P') this.sql = body;
    if (kind === 'D') this.isChecked = body.startsWith('S');
    if (kind === 'S') this.run();
  }

  private run(): void {
    if (this.isChecked) this.socket.write(DESCRIBED);
    else if (this.sql.includes('say')) this.socket.write(SAID);
    else if (this.sql.includes('fail')) this.socket.write(FAILED);
    else if (this.sql.includes('garble')) this.socket.write('what is this?');
  }
}

export async function startCanaryDatabase(
  folder: string,
  password: string,
): Promise<CanaryDatabase> {
  const queries = join(folder, 'canary-queries');
  await mkdir(queries, { recursive: true });
  for (const name of TOOLS) await writeFile(join(queries, `${name}.sql`), `select '${name}' as x`);
  const chunks: Buffer[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('data', (chunk) => chunks.push(chunk));
    return new Conversation(socket);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return {
    url: `postgres://canary:${password}@127.0.0.1:${port}/canary`,
    queries,
    heard: () => Promise.resolve(Buffer.concat(chunks).toString('latin1')),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
