import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { compile } from '../compile.ts';
import { freePort, listenersOn } from '../ports.ts';
import { findProgram } from '../requirements.ts';

const RESULT = '{"resultType":"complete","content":[]}';
const HEADERS = {
  'MCP-Protocol-Version': '2026-07-28',
  'Mcp-Method': 'tools/call',
  'Mcp-Name': 'echo',
};

describe.runIf(process.platform === 'linux' && findProgram('gcc') !== undefined)('upstream', () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-upstream-'));
  let child: ChildProcess;
  let port = 0;

  beforeAll(async () => {
    port = await freePort();
    const result = join(folder, 'result.json');
    writeFileSync(result, RESULT);
    const program = await compile(join(import.meta.dirname, '..'), 'upstream');
    child = spawn(program, ['--port', String(port), '--result', result]);
    await vi.waitUntil(() => listenersOn(port).length === 1, { timeout: 10_000 });
  }, 60_000);

  afterAll(() => {
    child.kill();
    rmSync(folder, { recursive: true });
  });

  const head = (headers: Record<string, string>) =>
    `POST /mcp HTTP/1.1\r\n${Object.entries(headers)
      .map(([name, value]) => `${name}: ${value}\r\n`)
      .join('')}\r\n`;
  const request = (body: string, headers: Record<string, string> = HEADERS) =>
    head({ ...headers, 'Content-Length': String(body.length) }) + body;

  async function answerTo(...pieces: string[]): Promise<{ status: string; body: string }> {
    const socket: Socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    await once(socket, 'connect');
    for (const piece of pieces) {
      await new Promise((resolve) => socket.write(piece, resolve));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const [bytes] = await once(socket, 'data');
    socket.destroy();
    const [lines = '', body = ''] = String(bytes).split('\r\n\r\n');
    return { status: lines.slice(9, 12), body };
  }

  test.each([
    ['a number', '{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"echo"}}', '7'],
    [
      'a string, as written',
      '{"id":"a\\"\\u0062","method":"tools/call","params":{"name":"echo"}}',
      '"a\\"\\u0062"',
    ],
    [
      'last',
      '{"params":{"id":1,"name":"echo","x":[{"id":2}]},"method":"tools/call","id":9007199254740993}',
      '9007199254740993',
    ],
    [
      'beside braces in text',
      '{"params":{"name":"echo","t":"}]\\\\\\"{\\"id\\":3"},"method":"tools\\/call","id":4}',
      '4',
    ],
    [
      'with an escaped name',
      ' { "i\\u0064" : -5 , "method" : "tools\\u002fcall" , "params" : { "name" : "echo" } } ',
      '-5',
    ],
  ])('the id comes back: %s', async (_, body, id) => {
    const method = /"method" ?: ?"([^"]*)"/.exec(body)?.[1] ?? '';
    const sent = request(body, { ...HEADERS, 'Mcp-Method': method });
    expect(await answerTo(sent)).toEqual({
      status: '200',
      body: `{"jsonrpc":"2.0","id":${id},"result":${RESULT}}`,
    });
  });

  test('a request may come byte by byte, or in chunks', async () => {
    const body = '{"id":1,"method":"tools/call","params":{"name":"echo"}}';
    expect((await answerTo(...request(body).split(''))).status).toBe('200');
    const chunked = head({ ...HEADERS, 'Transfer-Encoding': 'chunked' });
    const chunks = `9\r\n${body.slice(0, 9)}\r\n${(body.length - 9).toString(16)};x=y\r\n${body.slice(9)}\r\n0\r\n\r\n`;
    expect((await answerTo(chunked, ...chunks.split(''))).body).toContain('"id":1,"result"');
  });

  test.each([
    [
      'another tool',
      '{"id":1,"method":"tools/call","params":{"name":"bench__echo"}}',
      { 'Mcp-Name': 'bench__echo' },
      '200',
      -32602,
    ],
    [
      'a name that differs from its header',
      '{"id":1,"method":"tools/call","params":{"name":"echo"}}',
      { 'Mcp-Name': 'other' },
      '400',
      -32020,
    ],
    ['a method that differs from its header', '{"id":1,"method":"tools/list"}', {}, '400', -32020],
    ['an unknown method', '{"id":1,"method":"ping"}', { 'Mcp-Method': 'ping' }, '404', -32601],
    ['text after the object', '{"id":1,"method":"tools/call"}}', {}, '400', -32700],
    ['an array', '[{"id":1}]', {}, '400', -32700],
    ['brackets that do not match', '{"id":1,"params":{"a":[}]}', {}, '400', -32700],
  ])('%s is refused', async (_, body, headers, status, code) => {
    const answer = await answerTo(request(body, { ...HEADERS, ...headers }));
    expect(answer.status).toBe(status);
    expect(JSON.parse(answer.body).error.code).toBe(code);
  });
});
