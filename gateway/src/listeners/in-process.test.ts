import { expect, test } from 'vitest';
import { systemClock, type Exchange } from '../kernel/index.ts';
import type { Path } from '../pipeline/index.ts';
import { openInProcess, requestInProcess } from './in-process.ts';

function answering(answer: (x: Exchange) => void): Path {
  return {
    stages: [],
    walk: (x) => {
      answer(x);
      return { disconnected: () => undefined };
    },
  };
}

const ask = async (answer: (x: Exchange) => void) =>
  await requestInProcess(answering(answer), 3, systemClock, {
    endpointPath: '/mcp/crm',
    headers: { 'mcp-method': 'tools/list', host: 'ignored.example' },
    message: '{"é":1}',
  });

test('the message becomes a request of this machine', async () => {
  let seen: Exchange | undefined;
  const answer = await ask((x) => {
    seen = x;
    x.outlet.send(200, [], Buffer.from('{"ok":"é"}'));
  });
  expect(answer).toEqual({ status: 200, body: '{"ok":"é"}' });
  expect(seen?.head).toMatchObject({
    httpMethod: 'POST',
    path: '/mcp/crm',
    remoteAddress: '127.0.0.1',
    headers: { 'content-type': 'application/json', 'mcp-method': 'tools/list' },
  });
  expect(seen?.epoch).toBe(3);
  expect(String(await seen?.body.read(100))).toBe('{"é":1}');
});

test('a stream is collected until it ends', async () => {
  const answer = await ask((x) => {
    x.outlet.open(202, []);
    x.outlet.write('data: 1\n\n');
    x.outlet.write(Buffer.from('data: é\n\n'));
    x.outlet.end('data: 3\n\n');
  });
  expect(answer).toEqual({ status: 202, body: 'data: 1\n\ndata: é\n\ndata: 3\n\n' });
});

test('an answer goes out as it comes, and whoever asked may leave', () => {
  const heard: string[] = [];
  const left: string[] = [];
  const outlet = {
    send: () => heard.push('whole'),
    open: (status: number) => heard.push(`open ${status}`),
    write: (chunk: Buffer | string) => heard.push(chunk.toString()) > 0,
    end: () => heard.push('end'),
  };
  const path: Path = {
    stages: [],
    walk: (x) => {
      x.outlet.open(200, []);
      x.outlet.write('data: 1\n\n');
      return { disconnected: () => left.push(x.head.httpMethod) };
    },
  };
  const request = { httpMethod: 'GET', endpointPath: '/mcp', headers: {}, message: '' } as const;
  const leave = openInProcess(path, 1, systemClock, request, outlet);
  expect(heard).toEqual(['open 200', 'data: 1\n\n']);
  leave();
  expect(left).toEqual(['GET']);
});

test('a message is no longer than a body may be', async () => {
  const reading = Promise.withResolvers<unknown>();
  await requestInProcess(
    answering((x) => {
      reading.resolve(x.body.read(4));
      x.outlet.send(200, [], '');
    }),
    1,
    systemClock,
    { endpointPath: '/mcp', headers: {}, message: '12345' },
  );
  expect(await reading.promise).toMatchObject({ reason: 'body_too_large' });
});
