/** SOAP services that mean harm or are careless: refused or contained, and no secret comes back. */
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { callerOf, type Caller } from '../journeys/apis/world.ts';
import { startGateway, type TestGateway } from '../kit/gateway.ts';
import { answerOf, enveloped, faultOf, wsdlOf } from '../kit/soap-service.ts';

const PASSWORD = "sword&fish's-canary";
const MEGABYTE = 1024 * 1024;
const XML = { 'content-type': 'text/xml; charset=utf-8' };

type Answer = (response: ServerResponse, request: string) => void;

const xml =
  (text: string | Buffer, status = 200, headers: Record<string, string> = XML): Answer =>
  (response) =>
    void response.writeHead(status, headers).end(text);
const said = (inner: string, head = ''): string => enveloped(answerOf('ask', inner), head);
const refused = (detail: string, words = 'No.'): Answer =>
  xml(enveloped(faultOf('Client', words, detail)), 500);

/** Every character as a number. */
const numbered = (text: string): string =>
  Array.from(text, (one) => `&#${one.codePointAt(0) ?? 0};`).join('');
const escaped = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');

let asked = 0;
let sentBytes = 0;
let closedEarly = 0;
const entities = (inner: string): string => said('<said>&x;</said>', `<!DOCTYPE r [${inner}]>`);

const HOSTILE: Readonly<Record<string, readonly [Answer, RegExp]>> = {
  'an entity bomb': [
    xml(entities('<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;"><!ENTITY x "&b;&b;&b;">')),
    /document type \(DTD\), which is refused/,
  ],
  'an external entity': [xml(entities('<!ENTITY x SYSTEM "file:///etc/hostname">')), /DTD/],
  'an external entity of the network': [
    (response, request) =>
      xml(entities(`<!ENTITY x SYSTEM "http://${hostIn(request)}/stolen">`))(response, request),
    /DTD/,
  ],
  'a parameter entity': [xml(entities('<!ENTITY % p SYSTEM "http://127.0.0.1:9/x">%p;')), /DTD/],
  'an external document type': [
    xml(said('', '<!DOCTYPE r SYSTEM "http://127.0.0.1:9/r.dtd">')),
    /DTD/,
  ],
  'a document type after a comment': [xml(said('', '<!-- x --><!DOCTYPE r>')), /DTD/],
  'an entity of nobody': [xml(said('<said>&nbsp;</said>')), /undefined entity/],
  depth: [xml(said(`${'<a>'.repeat(5000)}`)), /nested more than 200 levels/],
  'many elements': [xml(said('<a/>'.repeat(600_000))), /more than 500000 elements/],
  'many attributes': [
    xml(said(`<a ${Array.from({ length: 5000 }, (_, at) => `a${at}=""`).join(' ')}/>`)),
    /too many attributes/,
  ],
  'many namespaces': [
    xml(said(`<a ${Array.from({ length: 5000 }, (_, at) => `xmlns:a${at}="u${at}"`).join(' ')}/>`)),
    /too many attributes/,
  ],
  'a huge attribute': [xml(said(`<a b="${'x'.repeat(2 * MEGABYTE)}"/>`)), /attribute is too long/],
  'a long answer': [xml(said(`<said>${'x'.repeat(20 * MEGABYTE)}</said>`)), /more than \d+ bytes/],
  'a stream without end': [flood, /more than \d+ bytes/],
  'a drip without end': [drip, /not over in time|did not answer in time/],
  silence: [() => undefined, /did not answer in time/],
  'a zip bomb': [
    xml(gzipSync(Buffer.from(said(`<said>${'x'.repeat(64 * MEGABYTE)}</said>`))), 200, {
      ...XML,
      'content-encoding': 'gzip',
    }),
    /more than \d+ bytes/,
  ],
  'a broken connection': [
    (response) => {
      response.writeHead(200, { ...XML, 'content-length': '1000' }).write('<s:Envelope');
      response.socket?.resetAndDestroy();
    },
    /connection/,
  ],
  'half a message': [xml(said('').slice(0, 60)), /cannot be read as a SOAP message/],
  'a page': [
    xml('<!DOCTYPE html><html><body>Welcome</body></html>', 200, { 'content-type': 'text/html' }),
    /it is an HTML page/,
  ],
  JSON: [xml('{"a":1}', 200, { 'content-type': 'application/json' }), /it is no XML/],
  'bytes of no text': [
    xml(Buffer.from([0, 1, 2, 255]), 200, { 'content-type': 'application/octet-stream' }),
    /cannot be read as a SOAP message/,
  ],
  'another vocabulary': [xml('<rss/>'), /it begins with <rss>/],
  'a header that must be understood': [
    xml(
      enveloped(
        answerOf('ask', ''),
        '',
        '<s:Header><p:Pay xmlns:p="urn:p" s:mustUnderstand="1"/></s:Header>',
      ),
    ),
    /header "Pay", which must be understood/,
  ],
  'attachments without a boundary': [
    xml('nothing', 200, { 'content-type': 'multipart/related' }),
    /its parts have no boundary/,
  ],
  'an attachment that is included without end': [
    related(
      `<said>${'<i><x:Include xmlns:x="http://www.w3.org/2004/08/xop/include" href="cid:a"/></i>'.repeat(1000)}</said>`,
    ),
    /includes its attachments too often/,
  ],
  'a way to another place': [
    (response) => void response.writeHead(307, { location: 'http://127.0.0.1:9/x' }).end(),
    /sent the call on to another place/,
  ],
  'a page with a failure': [
    xml('<html><title>Oops</title></html>', 500, { 'content-type': 'text/html' }),
    /the API itself failed.*\n.*\n.*answered 500.*\n.*Oops/s,
  ],
  'names of a prototype': [
    refused('<__proto__><polluted>yes</polluted></__proto__><constructor>x</constructor>'),
    /polluted/,
  ],
  'a trace': [
    refused('<t:stackTrace>at com.example.Secret(X.java:1)</t:stackTrace><t:why>late</t:why>'),
    /^(?!.*com\.example).*late/s,
  ],
};

/** Ways in which careless services say again what they heard. */
const ECHOES: Readonly<Record<string, Answer>> = {
  'as it is escaped': refused(`<t:heard>${escaped(PASSWORD)}</t:heard>`),
  'in numbers': refused(`<t:heard>${numbered(PASSWORD)}</t:heard>`),
  'in CDATA': refused(`<t:heard><![CDATA[${PASSWORD}]]></t:heard>`),
  'in an attribute': refused(`<t:heard t:it="${numbered(PASSWORD)}"><t:a/></t:heard>`),
  'in its words': refused('', `Wrong password ${numbered(PASSWORD)}`),
  'in base64': refused(`<t:heard>${Buffer.from(PASSWORD).toString('base64')}</t:heard>`),
  'in an answer': xml(said(`<said>${numbered(PASSWORD)}</said>`)),
  'as XML in a text': xml(said(`<said>&lt;Password&gt;${escaped(escaped(PASSWORD))}</said>`)),
  'on a page': xml(`<html><title>${escaped(PASSWORD)}</title></html>`, 500, {
    'content-type': 'text/html',
  }),
  'the whole message': (response, request) =>
    xml(enveloped(faultOf('Client', escaped(request))), 500)(response, request),
  'the digest': (response, request) => {
    const [digest = 'none'] = /(?<=PasswordDigest">)[^<]+/.exec(request) ?? [];
    xml(enveloped(faultOf('Client', `Heard ${digest} and ${numbered(digest)}.`)), 500)(
      response,
      request,
    );
  },
};

function hostIn(request: string): string {
  return /(?<=\[host:)[^\]]+/.exec(request)?.[0] ?? '';
}

function flood(response: ServerResponse): void {
  const chunk = Buffer.alloc(MEGABYTE, 0x78);
  response.writeHead(200, XML).write(said('<said>').slice(0, -60));
  const more = (): void => {
    if (response.destroyed || sentBytes >= 1024 * MEGABYTE) return;
    sentBytes += chunk.length;
    response.write(chunk, () => setImmediate(more));
  };
  more();
}

function drip(response: ServerResponse): void {
  response.writeHead(200, XML).write('<s:Envelope');
  const timer = setInterval(() => response.write(' '), 50);
  response.on('close', () => {
    closedEarly++;
    clearInterval(timer);
  });
}

function related(inner: string): Answer {
  const main = said(inner);
  const parts = [
    `content-type: application/xop+xml; charset=utf-8\r\n\r\n${main}`,
    `content-type: application/octet-stream\r\ncontent-id: <a>\r\n\r\n${'y'.repeat(1000)}`,
  ];
  const body = `${parts.map((one) => `--b\r\n${one}\r\n`).join('')}--b--\r\n`;
  return xml(body, 200, { 'content-type': 'multipart/related; boundary=b' });
}

const ALL = new Map([
  ...Object.entries(HOSTILE).map(([name, [answer]]) => [name, answer] as const),
  ...Object.entries(ECHOES).map(([name, answer]) => [`echo ${name}`, answer] as const),
  ['Invalid UTF-8', xml(Buffer.from(said('<said>\xff\xfe.</said>'), 'latin1'))] as const,
]);

function handle(request: IncomingMessage, response: ServerResponse): void {
  response.on('error', () => undefined);
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    asked++;
    const text = Buffer.concat(chunks).toString();
    const [how = ''] = /(?<=:how>)[^<]*/.exec(text) ?? [];
    if (request.url === '/stolen') response.end('stolen');
    else ALL.get(how)?.(response, `${text}[host:${request.headers.host}]`);
  });
}

const folder = mkdtempSync(join(tmpdir(), 'drawbridge-soap-'));
const server = createServer(handle);
let gateway: TestGateway;
let caller: Caller;

beforeAll(async () => {
  const wsdl = join(folder, 'test.wsdl');
  writeFileSync(wsdl, wsdlOf({ ask: ['how'] }));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/soap`;
  const login = { username: 'erp', password: PASSWORD };
  gateway = await startGateway({
    upstreams: {
      plain: { soap: { wsdl, url, ...login }, timeoutMs: 4000 },
      digest: { soap: { wsdl, url, ...login, passwordType: 'digest' }, timeoutMs: 4000 },
    },
    policy: { default: 'allow' },
  });
  caller = await callerOf('modern', gateway);
});

afterAll(async () => {
  await caller[Symbol.asyncDispose]();
  await gateway.close();
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

test.each(Object.keys(HOSTILE))('%s is refused or contained', async (how) => {
  const before = asked;
  const { text, isError } = await caller.call('plain__ask', { how });
  expect([text, isError]).toEqual([expect.stringMatching(HOSTILE[how]?.[1] ?? /^$/), true]);
  expect(text.length).toBeLessThan(4000);
  // Sent once, and nothing of what it speaks of was asked for.
  expect(asked).toBe(before + 1);
  expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
});

test('a gigabyte is not waited for, and a drip is left', () => {
  expect(sentBytes).toBeLessThan(256 * MEGABYTE);
  expect(closedEarly).toBe(1);
});

test('bytes that are no UTF-8 are marked', async () => {
  const { text, isError } = await caller.call('plain__ask', { how: 'Invalid UTF-8' });
  expect([text, isError]).toEqual([expect.stringContaining('\ufffd\ufffd.'), false]);
});

describe.each(['plain', 'digest'])('%s', (upstream) => {
  test.each(Object.keys(ECHOES))('a password that is said again %s is cleaned', async (how) => {
    const { text } = await caller.call(`${upstream}__ask`, { how: `echo ${how}` });
    expect(text).not.toMatch(/^$/);
    expect(traces(text)).toEqual([]);
  });
});

test('the password is in no log and no record', async () => {
  const records = JSON.stringify(await gateway.records());
  expect(records).toContain('digest');
  expect(traces(records)).toEqual([]);
  expect(traces(gateway.log.join('\n'))).toEqual([]);
});

/** It, and what it may have become; a digest has 28 characters. */
function traces(text: string): string[] {
  const base64 = Buffer.from(PASSWORD).toString('base64').slice(0, -2);
  const known = [PASSWORD, escaped(PASSWORD), 'fish', 'canary', base64];
  const digests = text.match(/(?<![\w+/])[A-Za-z0-9+/]{27}=/g) ?? [];
  return [...known.filter((one) => text.includes(one)), ...digests];
}
