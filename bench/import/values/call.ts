/** One call of one operation: arguments made, encoded, sent, read back and compared. */
import type { Json } from '../../../gateway/src/kernel/index.ts';
import type { FileValue, OfflineCall } from '../../../gateway/src/upstreams/index.ts';
import { bodyFault, shapeOf, short } from './bodies.ts';
import type { DescribedOperation, DescribedParameter } from './described.ts';
import { randomOf, valueOf, type Random, type Room } from './generate.ts';
import { matchPath } from './paths.ts';
import type { Received, Wire } from './received.ts';
import { isSame, parseWritten } from './same.ts';
import { decodePercent, readPairs, readText, type RawPair } from './styled.ts';
import { listOf, treeOf } from '../tree.ts';

export interface CallResult {
  /** What differs; '' where all is equal. */
  readonly fault: string;
  /** Why nothing was sent; '' where something was. */
  readonly refusal: string;
  readonly arguments: number;
}

/** One argument with a value, and where it has to arrive. */
interface Given {
  readonly location: string;
  readonly wire: string;
  readonly value: Json;
}

interface Values {
  readonly given: readonly Given[];
  readonly values: Readonly<Record<string, Json>>;
  readonly files: ReadonlyMap<string, FileValue>;
  /** Files by the place where they have to arrive. */
  readonly expectedFiles: ReadonlyMap<string, FileValue>;
}

export interface Subject {
  readonly call: OfflineCall;
  readonly described: DescribedOperation;
  /** Path template as the document has it. */
  readonly place: string;
  readonly seed: string;
}

/** @param share of the optional arguments that is given, from 0 to 1 */
export async function callOnce(subject: Subject, wire: Wire, share: number): Promise<CallResult> {
  const random = randomOf(`${subject.seed} ${share}`);
  const made = makeValues(subject, random, share);
  const sent = subject.call.encode({ values: made.values, files: made.files });
  const count = made.given.length + made.expectedFiles.size;
  if (sent.kind !== 'request') {
    return { fault: '', refusal: `${sent.argument}: ${sent.text}`, arguments: count };
  }
  const received = await wire.send(sent);
  const fault = await faultOf(subject, made, received).catch(String);
  return { fault, refusal: '', arguments: count };
}

function makeValues(subject: Subject, random: Random, share: number): Values {
  const { plan } = subject.call;
  const root = treeOf(plan.input);
  const given: Given[] = [];
  const values: Record<string, Json> = {};
  const files = new Map<string, FileValue>();
  const expectedFiles = new Map<string, FileValue>();
  for (const argument of plan.arguments) {
    const { name, location, wire, isRequired, role } = argument;
    if (!isRequired && random() >= share) continue;
    const place = wire.startsWith('/') ? fieldOf(wire) : wire;
    if (role === 'file') {
      const bytes = Buffer.from([0, 13, 10, 45, 45, 255, Math.floor(random() * 256)]);
      const file = { bytes, filename: 'a file.bin', mimeType: 'application/x-own' };
      files.set(name, file);
      expectedFiles.set(location === 'body' ? '' : place, file);
      continue;
    }
    const schema = treeOf(treeOf(root['properties'])[name]);
    const value = valueOf(schema, root, roomOf(subject, location, place), random);
    values[name] = value;
    given.push({ location, wire: place, value });
  }
  return { given, values, files, expectedFiles };
}

function fieldOf(pointer: string): string {
  return pointer.slice(1).replaceAll('~1', '/').replaceAll('~0', '~');
}

function roomOf(subject: Subject, location: string, wire: string): Room {
  const { described, place } = subject;
  if (location === 'body' || location === 'body_property') {
    const { body } = subject.call.request;
    const isForm = body?.codec === 'form' || body?.codec === 'multipart';
    const field = isForm ? described.body?.encodingOf(body.mediaType, wire) : undefined;
    if (isForm) return { isJson: false, fit: (text, isPart) => fitted(field, text, isPart) };
    return { isJson: body?.codec !== 'xml', fit: (text) => text };
  }
  const parameter = parameterFor(described, location, wire);
  if (parameter.mediaType !== '') return { isJson: true, fit: (text) => text };
  const isShared = location === 'path' && isInsideSegment(place, wire);
  return {
    isJson: false,
    fit: (text, isPart) => {
      if (isShared) return text.replace(/[^a-z0-9]/gi, '') || 'x1';
      const fit = fitted(parameter, text, isPart);
      return location === 'path' && /^\.{0,2}$/.test(fit) ? `x${fit}` : fit;
    },
  };
}

/** What a style has no way to write is left out: the separator inside of an item. */
function fitted(parameter: DescribedParameter | undefined, text: string, isPart: boolean): string {
  if (parameter === undefined) return text;
  const { style, in: where, collectionFormat, explode } = parameter;
  let fit = text;
  if (where === 'header') fit = (isPart ? fit.replace(/[,%=]/g, '') : fit).trim();
  if (style === 'cookie') fit = fit.replace(/[^a-z0-9]/gi, '');
  if (isPart && style === 'label') fit = fit.replaceAll('.', '');
  if (isPart && (style === 'spaceDelimited' || collectionFormat === 'ssv'))
    fit = fit.replace(/ /g, '');
  if (isPart && (style === 'pipeDelimited' || collectionFormat === 'pipes'))
    fit = fit.replace(/\|/g, '');
  if (isPart && where === 'formdata' && !explode) fit = fit.replace(/,/g, '');
  return isPart && fit === '' ? 'x' : fit;
}

function isInsideSegment(place: string, name: string): boolean {
  return place
    .split('/')
    .some((segment) => segment.includes(`{${name}`) && !/^\{[^{}]*\}$/.test(segment));
}

function parameterFor(
  described: DescribedOperation,
  location: string,
  wire: string,
): DescribedParameter {
  const same = (one: DescribedParameter): boolean => one.in === location && one.name === wire;
  const found = described.parameters.find(same);
  // Nobody declares it: the document's path has it all the same.
  return (
    found ?? {
      name: wire,
      in: location,
      isLegacy: false,
      style: 'simple',
      explode: false,
      collectionFormat: '',
      mediaType: '',
    }
  );
}

async function faultOf(subject: Subject, made: Values, received: Received): Promise<string> {
  const { described, place } = subject;
  const { request } = subject.call;
  const constants = (request?.parameters ?? []).flatMap(({ data, constant }): Given[] =>
    constant[0] === undefined ? [] : [{ location: data.in, wire: data.name, value: constant[0] }],
  );
  const isGiven = (one: Given): boolean =>
    made.given.some(({ location, wire }) => location === one.location && wire === one.wire);
  const given = [...made.given, ...constants.filter((one) => !isGiven(one))];
  const [path = '', query = ''] = received.url.split(/\?(.*)/s, 2);
  const declared = given.filter(({ location }) => location === 'path').map(({ wire }) => wire);
  const variables = matchPath(place, path, declared);
  if (variables === undefined) return `the path ${path} is none of ${place}`;
  const inBody: [string, Json][] = [];
  let whole: Json | undefined;
  for (const one of given) {
    if (one.location === 'body') whole = one.value;
    else if (one.location === 'body_property') inBody.push([one.wire, one.value]);
    else {
      const got = readParameter(described, one, given, { variables, query, received });
      if (!isSame(one.value, got)) {
        return `${one.location} ${one.wire}: sent ${short(one.value)}, got ${short(got)} (${received.url.slice(0, 200)})`;
      }
    }
  }
  const foreign = foreignName(described, given, query, received, place);
  if (foreign !== '') return `${foreign} arrives and was not sent`;
  if (received.body.length === 0 && inBody.length === 0 && whole === undefined) {
    return made.expectedFiles.size === 0 ? '' : 'no body arrives';
  }
  if (described.body === undefined) return 'a body arrives that the document does not describe';
  const fields = { ...treeOf(whole), ...Object.fromEntries(inBody), ...request?.body?.constants };
  const isParts = inBody.length > 0 || (whole === undefined && request?.body?.isFile !== true);
  const value = isParts ? (fields as Json) : whole;
  return bodyFault(received, described.body, { value, files: made.expectedFiles });
}

interface Arrived {
  readonly variables: ReadonlyMap<string, string>;
  readonly query: string;
  readonly received: Received;
}

function readParameter(
  described: DescribedOperation,
  one: Given,
  given: readonly Given[],
  { variables, query, received }: Arrived,
): unknown {
  const declared = parameterFor(described, one.location, one.wire);
  const shape = shapeOf(one.value);
  const isContent = declared.mediaType !== '';
  const others = new Set(
    given
      .filter((other) => other !== one && other.location === one.location)
      .map(({ wire }) => wire),
  );
  if (one.location === 'path') {
    const raw = variables.get(one.wire);
    if (raw === undefined) return undefined;
    return isContent
      ? contentOf(declared, decodePercent(raw))
      : readText(declared, shape, raw, decodePercent);
  }
  if (one.location === 'header') {
    const raw = headerOf(received, one.wire);
    if (raw === undefined) return undefined;
    // One level is all that the style has; the rest is JSON.
    const isNested = [...Object.values(treeOf(one.value)), ...listOf(one.value)].some(hasParts);
    if (isNested) return parseWritten(raw);
    return isContent ? contentOf(declared, raw) : readText(declared, shape, raw, (text) => text);
  }
  if (one.location === 'querystring') {
    return isJson(declared.mediaType)
      ? parseWritten(decodePercent(query))
      : readPairs(
          { ...declared, in: 'query', style: 'form', explode: true },
          shape,
          pairsOf(query, '&'),
          decodePercent,
        );
  }
  const all = one.location === 'query' ? pairsOf(query, '&') : cookiesOf(received);
  const pairs = all.filter(([name]) => !others.has(decodePercent(name)));
  if (!isContent) return readPairs(declared, shape, pairs, decodePercent);
  const raw = pairs.find(([name]) => decodePercent(name) === one.wire)?.[1];
  return raw === undefined ? undefined : contentOf(declared, decodePercent(raw));
}

function hasParts(value: unknown): boolean {
  return listOf(value).length > 0 || Object.keys(treeOf(value)).length > 0;
}

function contentOf({ mediaType }: DescribedParameter, text: string): unknown {
  return isJson(mediaType) ? parseWritten(text) : text;
}

function isJson(mediaType: string): boolean {
  return /^[^;]*[+/]json/i.test(mediaType);
}

function pairsOf(text: string, separator: string): RawPair[] {
  return text
    .split(separator)
    .filter((pair) => pair !== '')
    .map((pair) => {
      const at = pair.indexOf('=');
      return at < 0 ? [pair, ''] : [pair.slice(0, at), pair.slice(at + 1)];
    });
}

function cookiesOf({ headers }: Received): RawPair[] {
  return pairsOf(headers.cookie ?? '', '; ');
}

/** Headers hold UTF-8 where they hold more than ASCII. */
function headerOf({ rawHeaders }: Received, name: string): string | undefined {
  const at = rawHeaders.findIndex(
    (one, place) => place % 2 === 0 && one.toLowerCase() === name.toLowerCase(),
  );
  const raw = rawHeaders[at + 1];
  return at < 0 || raw === undefined ? undefined : Buffer.from(raw, 'latin1').toString('utf8');
}

const OWN_HEADERS =
  /^(?:host|connection|accept|content-type|content-length|cookie|transfer-encoding)$/i;

/** The name of something that arrives and that nobody gave; '' for none. */
function foreignName(
  described: DescribedOperation,
  given: readonly Given[],
  query: string,
  received: Received,
  place: string,
): string {
  const headers = received.rawHeaders.filter((_, at) => at % 2 === 0);
  const sentHeaders = given.filter(({ location }) => location === 'header');
  const header = headers.find(
    (name) =>
      !OWN_HEADERS.test(name) &&
      !sentHeaders.some(({ wire }) => wire.toLowerCase() === name.toLowerCase()),
  );
  if (header !== undefined) return `the header ${header}`;
  if (given.some(({ location }) => location === 'querystring')) return '';
  const written = new Set(
    pairsOf(place.split('?')[1] ?? '', '&').map(([name]) => decodePercent(name)),
  );
  for (const [location, pairs] of [
    ['query', pairsOf(query, '&')],
    ['cookie', cookiesOf(received)],
  ] as const) {
    const mine = given.filter((one) => one.location === location);
    const spread = mine.filter(({ wire, value }) => {
      const { explode, style, mediaType } = parameterFor(described, location, wire);
      return shapeOf(value) === 'object' && mediaType === '' && explode && style !== 'deepObject';
    });
    const members = new Set(spread.flatMap(({ value }) => Object.keys(treeOf(value))));
    const found = pairs
      .map(([name]) => decodePercent(name))
      .find(
        (name) =>
          !written.has(name) &&
          !members.has(name) &&
          !mine.some(({ wire }) => name === wire || name.startsWith(`${wire}[`)),
      );
    if (found !== undefined) return `${location} ${found}`;
  }
  return '';
}
