/** What a document says of one operation on the wire, read from its text and nothing of ours. */
import { parseDocument } from 'yaml';
import { followed, isTree, listOf, textOf, treeOf, type Tree } from '../tree.ts';

export interface DescribedParameter {
  readonly name: string;
  readonly in: string;
  /** 2.0 says it in another way than all later versions. */
  readonly isLegacy: boolean;
  /** Of the specification where the document names none; `''` in 2.0. */
  readonly style: string;
  readonly explode: boolean;
  /** 2.0 only. */
  readonly collectionFormat: string;
  /** Media type under `content`; '' otherwise. */
  readonly mediaType: string;
}

export interface DescribedBody {
  /** Media types as written; [] where none is named. */
  readonly mediaTypes: readonly string[];
  /** How a property of a form is written, by media type and name. */
  encodingOf(mediaType: string, property: string): DescribedParameter | undefined;
  /** Media type of a property where the document names one; '' otherwise. */
  contentTypeOf(mediaType: string, property: string): string;
  /** The schema itself, references followed at its head. */
  schemaOf(mediaType: string): unknown;
}

export interface DescribedOperation {
  readonly parameters: readonly DescribedParameter[];
  readonly body: DescribedBody | undefined;
  follow(value: unknown): unknown;
}

/** @returns undefined where the text is no mapping */
export function readRoot(text: string): Tree | undefined {
  const plain = text.replace(/^\uFEFF/, '');
  let root: unknown;
  try {
    root = JSON.parse(plain);
  } catch {
    // What is broken in one place is read as far as it goes.
    const document = parseDocument(plain, { uniqueKeys: false, logLevel: 'silent' });
    root = document.toJS({ maxAliasCount: -1 });
  }
  return isTree(root) ? root : undefined;
}

/** @returns undefined where the text has no such operation in one piece */
export function describedOperation(
  root: Tree,
  method: string,
  path: string,
): DescribedOperation | undefined {
  const isLegacy = root['swagger'] !== undefined;
  const follow = (value: unknown): unknown => followed(root, value);
  const paths = { ...treeOf(root['x-ms-paths']), ...treeOf(root['paths']) };
  const item = follow(paths[path]);
  if (!isTree(item)) return undefined;
  const operation = follow(
    item[method.toLowerCase()] ?? treeOf(item['additionalOperations'])[method],
  );
  if (!isTree(operation)) return undefined;
  const found = new Map<string, Tree>();
  for (const raw of [...listOf(item['parameters']), ...listOf(operation['parameters'])]) {
    const one = follow(raw);
    if (!isTree(one)) return undefined;
    found.set(`${textOf(one['in']).toLowerCase()} ${textOf(one['name'])}`, one);
  }
  const all = [...found.values()];
  const parameters = all.map((one) => parameterOf(one, isLegacy));
  if (!isLegacy) {
    // A reference that leads nowhere says that there is a body, and nothing of it.
    const raw = operation['requestBody'];
    const body = raw === undefined ? undefined : bodyOf(treeOf(follow(raw)), follow);
    return { parameters, body, follow };
  }
  const consumes = operation['consumes'] ?? root['consumes'];
  return { parameters, body: legacyBody(all, listOf(consumes).map(textOf), follow), follow };
}

/** The styles that a place knows; the first where none or another is named. */
const STYLES: Readonly<Record<string, readonly string[]>> = {
  path: ['simple', 'label', 'matrix'],
  query: ['form', 'spaceDelimited', 'pipeDelimited', 'deepObject'],
  header: ['simple'],
  cookie: ['form', 'cookie'],
};

const FORMATS: ReadonlySet<string> = new Set(['csv', 'ssv', 'tsv', 'pipes']);

function parameterOf(raw: Tree, isLegacy: boolean): DescribedParameter {
  const where = textOf(raw['in']).toLowerCase();
  const allowed = STYLES[where] ?? ['form'];
  const style = allowed.find((one) => one === raw['style']) ?? allowed[0] ?? '';
  const format = textOf(raw['collectionFormat']);
  const isSeveral = where === 'query' || where === 'formdata';
  return {
    name: textOf(raw['name']),
    in: where,
    isLegacy,
    style: isLegacy ? '' : style,
    explode:
      raw['explode'] === undefined
        ? style === 'form' || style === 'cookie'
        : raw['explode'] === true || raw['explode'] === 'true',
    collectionFormat: !isLegacy
      ? ''
      : FORMATS.has(format) || (format === 'multi' && isSeveral)
        ? format
        : 'csv',
    mediaType: Object.keys(treeOf(raw['content']))[0] ?? '',
  };
}

function bodyOf(raw: Tree, follow: (value: unknown) => unknown): DescribedBody {
  const content = treeOf(raw['content']);
  const encoding = (mediaType: string, property: string): Tree =>
    treeOf(follow(treeOf(treeOf(follow(content[mediaType]))['encoding'])[property]));
  return {
    mediaTypes: Object.keys(content),
    encodingOf: (mediaType, property) => {
      const one = encoding(mediaType, property);
      if (one['style'] === undefined && one['explode'] === undefined) return undefined;
      return parameterOf({ ...one, name: property, in: 'query' }, false);
    },
    contentTypeOf: (mediaType, property) => textOf(encoding(mediaType, property)['contentType']),
    schemaOf: (mediaType) => follow(treeOf(follow(content[mediaType]))['schema']),
  };
}

function legacyBody(
  all: readonly Tree[],
  mediaTypes: readonly string[],
  follow: (value: unknown) => unknown,
): DescribedBody | undefined {
  const fields = all.filter((one) => textOf(one['in']).toLowerCase() === 'formdata');
  const whole = all.find((one) => textOf(one['in']).toLowerCase() === 'body');
  if (whole === undefined && fields.length === 0) return undefined;
  return {
    mediaTypes,
    encodingOf: (_, property) => {
      const field = fields.find((one) => one['name'] === property);
      return field?.['type'] === 'array' ? parameterOf({ ...field, in: 'query' }, true) : undefined;
    },
    contentTypeOf: () => '',
    schemaOf: () => follow(whole?.['schema']),
  };
}
