import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { compile } from '../compile.ts';
import { load, type Load } from '../load.ts';
import { callRequest } from '../messages.ts';
import { missingPrograms, findProgram } from '../requirements.ts';

const MARKER = '"content":"expected"';
type Behaviour = (response: ServerResponse, body: string, id: string) => void;

const right: Behaviour = (response, body) => response.end(body);

describe.runIf(process.platform === 'linux' && missingPrograms(findProgram).length === 0)(
  'generator',
  () => {
    const folder = mkdtempSync(join(tmpdir(), 'bench-generator-'));
    let program = '';

    beforeAll(async () => {
      program = await compile(join(import.meta.dirname, '..'), 'generator');
    }, 60_000);
    afterAll(() => rmSync(folder, { recursive: true }));

    async function against(behaviour: Behaviour, wanted: Load = { connections: 4, count: 40 }) {
      let count = 0;
      const server = createServer((request, response) => {
        let text = '';
        request.setEncoding('utf8');
        request.on('data', (chunk: string) => (text += chunk));
        request.on('end', () => {
          const id: string = String(JSON.parse(text).id);
          count += 1;
          const body = `{"id":${id},"result":{${MARKER}}}`;
          (count === 20 ? behaviour : right)(response, body, id);
        });
      }).listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as AddressInfo;
      const requestFile = join(folder, 'request.http');
      const markerFile = join(folder, 'marker');
      writeFileSync(requestFile, callRequest(port, 'echo'));
      writeFileSync(markerFile, MARKER);
      const target = { name: 'scripted', pid: 0, port, requestFile, markerFile, sent: 0 };
      try {
        return await load(program, target, wanted);
      } finally {
        server.closeAllConnections();
        server.close();
      }
    }

    test('right answers are counted, with and without chunks', async () => {
      const chunked: Behaviour = (response, body) => {
        response.write(body.slice(0, 5));
        response.end(body.slice(5));
      };
      expect(await against(chunked)).toMatchObject({ sent: 40, requests: 40, wrong: 0, errors: 0 });
    });

    test('a server that closes politely is reconnected to', async () => {
      const closing: Behaviour = (response, body) =>
        response.writeHead(200, { connection: 'close' }).end(body);
      expect(await against(closing)).toMatchObject({ requests: 40, reconnects: 1 });
    });

    test('the open loop sends about what the rate says', async () => {
      const wanted: Load = { connections: 4, durationMs: 500, rate: 400 };
      const result = await against(right, wanted);
      expect(result.requests).toBe(result.sent);
      expect(result.sent).toBeGreaterThan(100);
      expect(result.sent).toBeLessThan(400);
    });

    test.each<[string, Behaviour, string]>([
      [
        'another id',
        (response, body, id) => response.end(body.replace(id, '1999999999')),
        'the id is not',
      ],
      [
        'a longer id',
        (response, body, id) => response.end(body.replace(id, `${id}0`)),
        'the id is not',
      ],
      [
        'other content',
        (response, body) => response.end(body.replace('expected', 'else')),
        'content is missing',
      ],
      ['status 401', (response, body) => response.writeHead(401).end(body), 'status is not 200'],
      [
        'a body that is cut',
        (response, body) => {
          response.writeHead(200, { 'content-length': body.length });
          response.write(body.slice(0, 9), () => response.destroy());
        },
        'closed before the answer was whole',
      ],
      ['no answer', (response) => response.destroy(), 'closed before the answer was whole'],
    ])('%s fails the load', async (_, behaviour, why) => {
      await expect(against(behaviour)).rejects.toThrow(why);
    });
  },
);
