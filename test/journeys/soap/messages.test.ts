/** What stands around the body of a message, and how calls end before their answer. */
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { startGateway, type TestGateway } from '../../kit/gateway.ts';
import { listen, type Listening } from '../../kit/hostile-api.ts';
import { answerOf, enveloped, faultOf, wsdlOf } from '../../kit/soap-service.ts';
import { callerOf, done, type Caller, type Way, WAYS } from '../apis/world.ts';

const PASSWORD = 'pass & <word>';
const folder = mkdtempSync(join(tmpdir(), 'drawbridge-soap-'));
/** A service whose operation takes a header, a text that is bound, and a text that is not. */
const WSDL = wsdlOf({ ask: ['how', 'tenant'] })
  .replace(
    '<w:input><s:body use="literal"/></w:input>',
    '<w:input><s:header message="t:Head" part="h" use="literal"/><s:body use="literal"/></w:input>',
  )
  .replace(
    '<w:message ',
    '<w:message name="Head"><w:part name="h" element="t:Trace"/></w:message><w:message ',
  )
  .replace('</xs:schema>', '<xs:element name="Trace" type="xs:string"/></xs:schema>');

let api: Listening;
let gateway: TestGateway;
let hanging: (() => void) | undefined;
let left = 0;

beforeAll(async () => {
  api = await listen((request, response) => {
    const { body = '' } = api.arrived.at(-1) ?? {};
    const [how = ''] = /(?<=:how>)[^<]*/.exec(body) ?? [];
    response.on('close', () => void (left += response.writableEnded ? 0 : 1));
    if (how === 'hang') {
      hanging?.();
      return;
    }
    const isFault = how === 'fault';
    response.writeHead(isFault ? 500 : 200, { 'content-type': 'text/xml' });
    const detail = '<t:Problem><t:field>how</t:field><t:limit>5</t:limit></t:Problem>';
    const answer = isFault
      ? faultOf('Server', 'Not this way.', detail)
      : answerOf('ask', '<count>1</count>');
    response.end(enveloped(answer));
  });
  const wsdl = join(folder, 'test.wsdl');
  writeFileSync(wsdl, WSDL);
  const soap = { wsdl, url: api.origin, username: 'erp <1>', password: PASSWORD };
  gateway = await startGateway({
    upstreams: {
      text: { soap },
      digest: { soap: { ...soap, passwordType: 'digest' } },
      nobody: { soap: { wsdl, url: api.origin } },
      hasty: { soap: { wsdl, url: api.origin }, timeoutMs: 4000 },
    },
    policy: { default: 'allow' },
  });
});
afterEach(() => {
  api.arrived.length = 0;
  left = 0;
});
afterAll(async () => {
  await gateway.close();
  await api[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true, force: true });
});

async function withCaller(way: Way, work: (caller: Caller) => Promise<void>): Promise<void> {
  await using caller = await callerOf(way, gateway);
  await work(caller);
}

const between = (text: string, start: string, end: string): string =>
  text.split(start)[1]?.split(end)[0] ?? '';

describe('WS-Security', () => {
  test('a password as text is escaped', () =>
    withCaller('modern', async (caller) => {
      await done(caller, 'text__ask', { how: 'a' });
      const { body = '' } = api.arrived[0] ?? {};
      expect(body).toContain('<w:Username>erp &lt;1&gt;</w:Username>');
      expect(body).toContain('#PasswordText">pass &amp; &lt;word&gt;</w:Password>');
      expect(body).toContain('v:mustUnderstand="1"');
    }));

  test('a digest is made anew for every message, of a nonce, the time and the password', () =>
    withCaller('modern', async (caller) => {
      for (const how of ['a', 'b']) await done(caller, 'digest__ask', { how });
      const digests = api.arrived.map(({ body }) => {
        const nonce = Buffer.from(
          between(between(body, '<w:Nonce', '/w:Nonce>'), '>', '<'),
          'base64',
        );
        const created = between(body, '<u:Created>', '<');
        expect(nonce).toHaveLength(16);
        expect(Math.abs(Date.parse(created) - Date.now())).toBeLessThan(60_000);
        const hash = createHash('sha1').update(nonce).update(created).update(PASSWORD);
        expect(between(body, '#PasswordDigest">', '<')).toBe(hash.digest('base64'));
        expect(body).not.toContain('word&gt;');
        return between(body, '#PasswordDigest">', '<');
      });
      expect(new Set(digests).size).toBe(2);
    }));

  test('neither is in a record or a log', async () => {
    await withCaller(
      'modern',
      async (caller) => void (await done(caller, 'digest__ask', { how: 'a' })),
    );
    const said = JSON.stringify(await gateway.records()) + gateway.log.join('\n');
    expect(said).toContain('digest');
    expect(said).not.toMatch(/word>|word&gt;|Password/);
  });
});

test('a header of the binding is an argument, and left out where it is not given', () =>
  withCaller('modern', async (caller) => {
    await done(caller, 'nobody__ask', { how: 'a', Trace: 'x <1>' });
    await done(caller, 'nobody__ask', { how: 'a' });
    const [first, second] = api.arrived.map(({ body }) => body);
    expect(between(first ?? '', '<s:Header>', '</s:Header>')).toMatch(
      /^<n0:Trace xmlns:n0="urn:test:soap">x &lt;1&gt;<\/n0:Trace>$/,
    );
    expect(second).not.toContain('Header');
  }));

describe.each(WAYS)('%s', (way) => {
  test('a declared fault says what to change, with its detail', () =>
    withCaller(way, async (caller) => {
      const { text, isError } = await caller.call('nobody__ask', { how: 'fault' });
      expect(isError).toBe(true);
      expect(text).toContain('Change how: the API says of it "5".');
      expect(text).toContain('Not this way. Detail: Problem.field: how; Problem.limit: 5');
    }));

  test('a service that does not answer is left in time', () =>
    withCaller(way, async (caller) => {
      const { reason, text, isError } = await caller.call('hasty__ask', { how: 'hang' });
      expect(isError).toBe(true);
      expect(reason + text).toMatch(/upstream_timeout|did not answer in time/);
      await expect.poll(() => left).toBe(1);
      expect(api.arrived).toHaveLength(1);
    }));
});

test('a call that is cancelled leaves the service', () =>
  withCaller('modern', async (caller) => {
    const abort = new AbortController();
    hanging = () => abort.abort();
    const call = caller.client?.callTool(
      { name: 'text__ask', arguments: { how: 'hang' } },
      { signal: abort.signal },
    );
    await expect(call).rejects.toThrow();
    await expect.poll(() => left).toBe(1);
    hanging = undefined;
  }));
