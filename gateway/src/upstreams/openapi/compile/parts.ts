/** Properties of a form or a multipart body: how each is written, and which are files. */
import { isHeaderName, isHeaderValue } from '../../../egress/index.ts';
import { isMediaType } from '../../api/http/media-type.ts';
import { wordOf } from '../encode/scalars.ts';
import { fileKind, rawProperties, settled, member } from './raw-schema.ts';
import { constantOf, hasType, propertiesOf, resolved } from './schema-session.ts';
import type { SchemaSession } from '../schema/index.ts';
import { type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { ContentView, EncodingView, Ref, Resolver } from '../document.ts';
import type { PartData } from '../encode/plan-data.ts';

export interface PartDraft {
  readonly data: Omit<PartData, 'argument'>;
  readonly description: string;
}

/** @param schema the converted one, without what may not be sent */
export function readParts(
  resolver: Resolver,
  content: ContentView,
  schema: JsonObject,
  session: SchemaSession,
): PartDraft[] {
  const raw = rawProperties(resolver, content.schema);
  const names = new Set([
    ...Object.keys(propertiesOf(schema)),
    ...fileNames(resolver, content, raw),
  ]);
  const parts = [...names].map((name) => {
    const encoding = content.encoding.get(name);
    const value = resolved(ownMember(propertiesOf(schema), name), session);
    return partOf(resolver, name, encoding, raw.get(name), value, session);
  });
  const isBrackets = parts.some((part) => part.isDeepList);
  return parts.map(({ draft }) => ({
    ...draft,
    data: { ...draft.data, deepArrays: isBrackets ? 'brackets' : 'repeat' },
  }));
}

/** Files of every variant of a composed body. */
function fileNames(
  resolver: Resolver,
  content: ContentView,
  raw: ReadonlyMap<string, Ref>,
): string[] {
  return [...raw.keys()].filter((name) => {
    const contentType = content.encoding.get(name)?.contentType ?? '';
    return fileKind(resolver, raw.get(name), contentType) !== 'none';
  });
}

function partOf(
  resolver: Resolver,
  name: string,
  encoding: EncodingView | undefined,
  raw: Ref | undefined,
  value: JsonObject,
  session: SchemaSession,
): { draft: PartDraft; isDeepList: boolean } {
  const listed = (encoding?.contentType ?? '').split(',', 1)[0]?.trim() ?? '';
  const isFile =
    raw !== undefined && fileKind(resolver, raw, encoding?.contentType ?? '') !== 'none';
  const isStyled = encoding?.style !== undefined || encoding?.explode !== undefined;
  const style = isStyled ? (encoding?.style ?? 'form') : null;
  const at = settled(resolver, raw);
  const said = at === undefined ? undefined : member(at, 'description');
  const data = {
    name,
    isFile,
    style,
    explode: encoding?.explode ?? (style === null || style === 'form' || style === 'deepObject'),
    allowReserved: encoding?.allowReserved ?? false,
    deepArrays: 'repeat',
    contentType: isMediaType(listed) && !listed.includes('*') ? listed : '',
    headers: encoding === undefined ? [] : fixedHeaders(encoding, session),
  } as const;
  const isDeepList = style === 'deepObject' && hasType(value, 'array');
  return { draft: { data, description: typeof said === 'string' ? said : '' }, isDeepList };
}

/** Headers of a part whose value the document fixes; others have no argument to come from. */
function fixedHeaders(encoding: EncodingView, session: SchemaSession): string[] {
  const headers: string[] = [];
  for (const [name, ref] of encoding.headers) {
    const isOwn = /^content-(?:type|disposition|length)$/i.test(name);
    if (ref === undefined || isOwn || !isHeaderName(name)) continue;
    const schema = resolved(session.add(ref), session);
    const value = constantOf(schema) ?? ownMember(schema, 'default');
    const text = value === undefined || value === null ? '' : wordOf(value);
    if (text !== '' && isHeaderValue(text)) headers.push(name, text);
  }
  return headers;
}
