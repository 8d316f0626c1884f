/** Bodies read back by their media type. */
import { Busboy } from '@fastify/busboy';
import type { Json } from '../../../gateway/src/kernel/index.ts';
import type { FileValue } from '../../../gateway/src/upstreams/index.ts';
import type { DescribedBody } from './described.ts';
import type { Received } from './received.ts';
import { isSame, parseWritten } from './same.ts';
import { decodeForm, readPairs, type RawPair, type Shape } from './styled.ts';
import { isTree, treeOf } from '../tree.ts';

/** What has to arrive. */
export interface ExpectedBody {
  /** The whole value; of a form, its fields. */
  readonly value: Json | undefined;
  /** By field; '' for the whole body. */
  readonly files: ReadonlyMap<string, FileValue>;
}

/** @returns what is wrong; '' where nothing is */
export async function bodyFault(
  received: Received,
  described: DescribedBody,
  expected: ExpectedBody,
): Promise<string> {
  const written = received.headers['content-type'] ?? '';
  const type = (written.split(';', 1)[0] ?? '').trim().toLowerCase();
  const file = expected.files.get('');
  if (file !== undefined) return received.body.equals(file.bytes) ? '' : 'the bytes differ';
  if (/[+/]json$/.test(type)) {
    return told(parseWritten(received.body.toString()), expected.value, 'body');
  }
  if (/(?:ndjson|jsonl|json-seq|jsonlines|json-lines)$/.test(type)) {
    const lines = received.body.toString().split('\n');
    return told(lines.filter((line) => line !== '').map(parseWritten), expected.value, 'body');
  }
  const text = received.body.toString();
  if (typeof expected.value === 'string') {
    return text === expected.value ? '' : `the text is ${text.slice(0, 80)}`;
  }
  const mediaType =
    described.mediaTypes.find((one) => one.toLowerCase().startsWith(type)) ?? written;
  if (type === 'application/x-www-form-urlencoded') {
    return formFault(text, described, mediaType, expected);
  }
  if (type === 'multipart/form-data')
    return multipartFault(received, described, mediaType, expected);
  return `? ${type} is not read here`;
}

function told(got: unknown, sent: Json | undefined, what: string): string {
  if (sent !== undefined && isSame(sent, got)) return '';
  return `${what}: sent ${short(sent)}, got ${short(got)}`;
}

export function short(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 160);
}

export function shapeOf(value: Json): Shape {
  if (Array.isArray(value)) return 'list';
  return isTree(value) && !('text' in value && value.constructor !== Object) ? 'object' : 'value';
}

function fieldsOf({ value }: ExpectedBody): [string, Json][] {
  return isTree(value) ? Object.entries(value).map(([key, one]) => [key, one as Json]) : [];
}

function formFault(
  text: string,
  described: DescribedBody,
  mediaType: string,
  expected: ExpectedBody,
): string {
  const values = new URLSearchParams(text);
  const pairs = text
    .split('&')
    .filter((pair) => pair !== '')
    .map((pair): RawPair => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });
  const fields = fieldsOf(expected);
  const names = new Set(fields.map(([name]) => name));
  let spread = false;
  for (const [name, sent] of fields) {
    const shape = shapeOf(sent);
    const encoding = described.encodingOf(mediaType, name);
    const isSpread = encoding?.style === 'deepObject' || (shape === 'object' && encoding?.explode);
    if (isSpread === true) spread = true;
    const others = pairs.filter(([key]) => !names.has(decodeForm(key)));
    const mine = isSpread === true ? others : pairs;
    const got =
      encoding === undefined
        ? plainField(values.getAll(name), shape, described.contentTypeOf(mediaType, name))
        : readPairs(encoding, shape, mine, decodeForm);
    const fault = told(got, sent, name);
    if (fault !== '') return fault;
  }
  const known = new Set([...names, ...expected.files.keys()]);
  const foreign = [...values.keys()].find((name) => !known.has(name));
  return foreign !== undefined && !spread ? `${foreign} arrives and was not sent` : '';
}

/** Without a style lists repeat and objects are JSON (3.1, encoding object). */
function plainField(texts: readonly string[], shape: Shape, contentType: string): unknown {
  if (shape === 'list') return texts;
  const [text] = texts;
  if (text === undefined) return undefined;
  const isJson = shape === 'object' || /[+/]json$/i.test(contentType);
  return isJson ? parseWritten(text) : text;
}

interface Part {
  readonly name: string;
  readonly text: string;
  readonly bytes: Buffer;
  readonly mimeType: string;
  readonly filename: string | undefined;
}

async function multipartFault(
  received: Received,
  described: DescribedBody,
  mediaType: string,
  expected: ExpectedBody,
): Promise<string> {
  const parts = await readMultipart(received);
  const names = new Set([...fieldsOf(expected).map(([name]) => name), ...expected.files.keys()]);
  for (const [name, sent] of fieldsOf(expected)) {
    const mine = parts.filter((part) => part.name === name && part.filename === undefined);
    const shape = shapeOf(sent);
    const encoding = described.encodingOf(mediaType, name);
    const values = mine.map(({ text, mimeType }) =>
      /[+/]json$/i.test(mimeType) ? parseWritten(text) : text,
    );
    const isStyled = encoding !== undefined && shape !== 'value';
    const asIs = (text: string): string => text;
    const pairs = parts
      .filter((part) => part.name === name || !names.has(part.name))
      .map((part): RawPair => [part.name, part.text]);
    const got = isStyled
      ? readPairs(encoding, shape, pairs, asIs)
      : shape === 'list'
        ? values
        : values[0];
    const fault = told(got, sent, name);
    if (fault !== '') return fault;
  }
  for (const [name, file] of expected.files) {
    const part = parts.find((one) => one.name === name && one.filename !== undefined);
    if (part === undefined) return `the file ${name} does not arrive`;
    if (!part.bytes.equals(file.bytes)) return `the bytes of ${name} differ`;
    if (part.filename !== file.filename) return `the file ${name} is called ${part.filename}`;
    if (part.mimeType !== file.mimeType) return `the file ${name} is ${part.mimeType}`;
  }
  const members = fieldsOf(expected).flatMap(([name, sent]) => {
    const isSpread = described.encodingOf(mediaType, name)?.explode === true;
    return isSpread && shapeOf(sent) === 'object' ? Object.keys(treeOf(sent)) : [];
  });
  const known = new Set([...names, ...members]);
  const foreign = parts.find(
    ({ name }) => !known.has(name) && !known.has(name.replace(/\[.*$/, '')),
  );
  return foreign === undefined ? '' : `${foreign.name} arrives and was not sent`;
}

/** Names are written as browsers do (WHATWG HTML); the library leaves them so. */
function unquoted(name: string): string {
  return name.replaceAll('%22', '"').replaceAll('%0D', '\r').replaceAll('%0A', '\n');
}

function readMultipart(received: Received): Promise<Part[]> {
  return new Promise((resolve, reject) => {
    const parts: Part[] = [];
    const contentType = received.headers['content-type'] ?? '';
    const limits = { fieldNameSize: 10_000, fieldSize: 10_000_000 };
    const busboy = new Busboy({ headers: { 'content-type': contentType }, limits });
    busboy.on('field', (field, text, _cutName, _cutValue, _encoding, mimeType) => {
      const name = unquoted(field);
      parts.push({ name, text, bytes: Buffer.from(text), mimeType, filename: undefined });
    });
    busboy.on('file', (field, stream, filename, _encoding, mimeType) => {
      const chunks: Buffer[] = [];
      stream.on('data', (chunk: Buffer) => chunks.push(chunk));
      stream.on('end', () => {
        const bytes = Buffer.concat(chunks);
        parts.push({ name: unquoted(field), text: '', bytes, mimeType, filename });
      });
    });
    busboy.on('finish', () => resolve(parts));
    busboy.on('error', reject);
    busboy.end(received.body);
  });
}
