import { expect, test } from 'vitest';
import type { JsonObject } from '../../../kernel/index.ts';
import { asText, enveloped, read, readerOf, SOAP_12 } from './test-reader.ts';

const LITERAL = readerOf('document', 'literal');

const OLD = (code: string, words: string, detail = ''): string =>
  enveloped(
    `<s:Fault><faultcode>${code}</faultcode><faultstring>${words}</faultstring>${detail}</s:Fault>`,
  );
const NEW = (codes: string, words: string, detail = ''): string =>
  enveloped(
    `<s:Fault><s:Code>${codes}</s:Code><s:Reason>${words}</s:Reason>${detail}</s:Fault>`,
    SOAP_12,
  );
const PROBLEM = '<t:Problem><t:limit>5</t:limit><t:seen>6</t:seen></t:Problem>';

test.each<[string, string, JsonObject]>([
  ['1.1', OLD('s:Client', 'No.'), { class: 'invalid', text: 'No.', status: 'Client' }],
  [
    '1.1 of the server',
    OLD('s:Server', 'No.'),
    { class: 'server_error', text: 'No.', status: 'Server' },
  ],
  [
    '1.1 with a code of its own',
    OLD('Client.Authentication', 'Who?'),
    { class: 'unauthenticated', text: 'Who?', status: 'Client.Authentication' },
  ],
  [
    '1.1 with children in its namespace',
    enveloped(
      '<s:Fault><s:faultcode>s:Client</s:faultcode><s:faultstring>No.</s:faultstring></s:Fault>',
    ),
    { class: 'invalid', text: 'No.', status: 'Client' },
  ],
  [
    'a declared detail, by its types',
    OLD('s:Server', 'No.', `<detail>${PROBLEM}</detail>`),
    { class: 'other', text: 'No. Detail: Problem.limit: 5; Problem.seen: 6', status: 'Server' },
  ],
  [
    'another detail',
    OLD('s:Client', 'No.', '<detail><a><b>1</b></a></detail>'),
    { class: 'invalid', text: 'No. Detail: a.b: 1', status: 'Client' },
  ],
  [
    'a detail of words',
    OLD('s:Client', 'No.', '<detail>Too many.</detail>'),
    { class: 'invalid', text: 'No. Detail: Too many.', status: 'Client' },
  ],
  [
    'a trace',
    OLD('s:Server', 'No.', '<detail><stackTrace>at a.b(C.java:1)</stackTrace></detail>'),
    { class: 'server_error', text: 'No.', status: 'Server' },
  ],
  [
    'of an argument',
    OLD('s:Client', 'No.', '<detail><e><field>sku</field><why>is gone</why></e></detail>'),
    {
      class: 'invalid',
      text: 'No. Detail: e.field: sku; e.why: is gone',
      status: 'Client',
      wire: 'sku',
    },
  ],
  [
    '1.2',
    NEW(
      '<s:Value>s:Sender</s:Value>',
      '<s:Text xml:lang="de">Nein.</s:Text><s:Text xml:lang="en-US">No.</s:Text>',
    ),
    { class: 'invalid', text: 'No.', status: 'Sender' },
  ],
  [
    '1.2 with particular codes',
    NEW(
      '<s:Value>s:Sender</s:Value><s:Subcode><s:Value>t:Bad</s:Value><s:Subcode><s:Value>t:Worse</s:Value></s:Subcode></s:Subcode>',
      '<s:Text xml:lang="en">No.</s:Text>',
      `<s:Detail>${PROBLEM}</s:Detail>`,
    ),
    {
      class: 'invalid',
      text: 'No. Detail: Problem.limit: 5; Problem.seen: 6',
      status: 'Sender Bad Worse',
    },
  ],
  [
    '1.1 within 1.2',
    enveloped(
      '<s:Fault><faultcode>s:Client</faultcode><faultstring>No.</faultstring></s:Fault>',
      SOAP_12,
    ),
    { class: 'invalid', text: 'No.', status: 'Client' },
  ],
  [
    'mustUnderstand',
    OLD('s:MustUnderstand', 'No.'),
    { class: 'unsupported', text: 'No.', status: 'MustUnderstand' },
  ],
  [
    'nothing at all',
    enveloped('<s:Fault/>'),
    { class: 'other', text: '', status: 'without a code' },
  ],
])('a fault: %s', async (_what, text, expected) => {
  for (const failed of [undefined, {}]) {
    const reply = await read(LITERAL, asText(text), failed);
    if (reply.kind !== 'failure') throw new Error(JSON.stringify(reply));
    const said = reply.body.kind === 'text' ? reply.body.text : '';
    const [complaint] = reply.complaints;
    const wire = complaint === undefined ? {} : { wire: complaint.wire };
    const status = reply.status.replace(/^\d+ with the SOAP fault /, '');
    expect({ class: reply.class, text: said, status, ...wire }).toEqual(expected);
  }
});

test('what HTTP says of a fault counts where it says more', async () => {
  const failed = { class: 'rate_limited', status: '429', retryAfterMs: 3000 } as const;
  const reply = await read(LITERAL, asText(OLD('s:Server', 'Busy.')), failed);
  expect(reply).toMatchObject({ class: 'rate_limited', retryAfterMs: 3000 });
});

test('a failure without a message of SOAP stays what it is', async () => {
  const body = {
    kind: 'text',
    text: '<html><title>x</title></html>',
    mimeType: 'text/html',
  } as const;
  expect(await read(LITERAL, body, {})).toMatchObject({ class: 'server_error', body });
});
