/**
 * Serialization vectors: a parameter as a document describes it, a value, and what has to stand on
 * the wire. Each one is put into a document of its own and goes the whole way of a call.
 */
import { readFileSync } from 'node:fs';
import { parseExact, type JsonObject } from '../../gateway/src/kernel/index.ts';
import { openDocument } from './convert.ts';

interface Vector {
  readonly id: string;
  readonly swagger2?: boolean;
  readonly parameter: { readonly name: string; readonly in: string };
  readonly value: unknown;
  readonly expect: Readonly<Record<string, unknown>>;
}

export interface VectorResult {
  readonly id: string;
  /** What was wrong; '' where it is right. */
  readonly fault: string;
}

export async function runVectors(file: string): Promise<VectorResult[]> {
  const { vectors }: { vectors: readonly Vector[] } = JSON.parse(readFileSync(file, 'utf8'));
  const results: VectorResult[] = [];
  for (const vector of vectors) results.push({ id: vector.id, fault: await faultOf(vector) });
  return results;
}

async function faultOf({ swagger2, parameter, value, expect }: Vector): Promise<string> {
  const isInPath = parameter.in === 'path';
  const path = isInPath ? `/t/{${parameter.name}}/end` : '/t';
  const declared = { ...parameter, ...(isInPath ? { required: true } : {}) };
  const operation = { operationId: 'send', parameters: [declared], responses: {} };
  const document = {
    ...(swagger2 === true ? { swagger: '2.0' } : { openapi: '3.2.0' }),
    info: { title: 'One parameter', version: '1' },
    paths: { [path]: { get: operation } },
  };
  const opened = await openDocument('vector.json', Buffer.from(JSON.stringify(document)));
  const call = opened.callOf('http:GET ' + path);
  if (typeof call === 'string') return call;
  const argument = call.plan.arguments[0]?.name ?? '';
  const values: JsonObject = { [argument]: parseExact(JSON.stringify(value)) };
  const sent = call.encode({ values, files: new Map() });
  if (expect['reject'] === true) return sent.kind === 'request' ? 'was not refused' : '';
  if (sent.kind !== 'request') {
    if ('pathSegmentNot' in expect) return '';
    // Refused as a whole, since some servers would climb; the value itself is written as it should be.
    const alone = isInPath ? call.firstAlone(values) : '';
    return alone === '' ? sent.text : compare(`/t/${alone}/end`, [], parameter, expect);
  }
  return compare(sent.path, sent.headers, parameter, expect);
}

function compare(
  sent: string,
  headers: readonly string[],
  parameter: Vector['parameter'],
  expect: Vector['expect'],
): string {
  const mark = sent.indexOf('?');
  const path = mark < 0 ? sent : sent.slice(0, mark);
  const query = mark < 0 ? '' : sent.slice(mark + 1);
  const got: Readonly<Record<string, string>> = {
    pathSegment: path.slice('/t/'.length, -'/end'.length),
    query: query.replaceAll('+', '%20'),
    header: headerOf(headers, parameter.name),
    cookie: headerOf(headers, 'cookie'),
  };
  const faults = Object.entries(expect).map(([key, wanted]) => {
    const what = key.replace(/(OneOf|Not)$/, '');
    const is = got[what] ?? '';
    if (key.endsWith('Not')) return is === wanted ? `${what} is ${is}` : '';
    const allowed: readonly unknown[] = Array.isArray(wanted) ? wanted : [wanted];
    return allowed.includes(is) ? '' : `${what} is ${is} and should be ${allowed.join(' or ')}`;
  });
  // Where one spelling and several are given, any of them will do.
  return faults.includes('') ? '' : faults.join('; ');
}

function headerOf(headers: readonly string[], name: string): string {
  const at = headers.findIndex(
    (one, place) => place % 2 === 0 && one.toLowerCase() === name.toLowerCase(),
  );
  return at < 0 ? '' : (headers[at + 1] ?? '');
}
