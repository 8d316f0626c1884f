/** Media types with their schemas and encodings, as 3.x has them. */
import type { ContentView, EncodingView, ParameterStyle, Ref, Resolver } from '../document.ts';
import { isMapping, isTrue, kindOf, memberOf, membersOf, textOf } from '../source/node.ts';
import { exampleOf } from './examples.ts';

/** The members of `content` under `holder`, in order. */
export function contentsOf(resolver: Resolver, holder: Ref): readonly ContentView[] {
  const content = resolver.child(holder, 'content');
  const views: ContentView[] = [];
  for (const [mediaType] of membersOf(content.node)) {
    if (mediaType.startsWith('x-')) continue;
    const at = resolver.settle(resolver.child(content, mediaType));
    if (typeof at === 'string' || !isMapping(at.node)) {
      const why = typeof at === 'string' ? at : `It is ${kindOf(at.node)}.`;
      resolver.repaired(`The media type "${mediaType}" has no schema. ${why}`, content);
      views.push(bareContent(mediaType));
    } else views.push(contentView(resolver, mediaType, at));
  }
  return views;
}

/** A media type of which nothing else is known. */
export function bareContent(mediaType: string, schema?: Ref): ContentView {
  const encoding = new Map<string, EncodingView>();
  return { mediaType, schema, itemSchema: undefined, encoding, example: undefined };
}

function contentView(resolver: Resolver, mediaType: string, at: Ref): ContentView {
  const encoding = new Map<string, EncodingView>();
  const encodings = resolver.child(at, 'encoding');
  for (const [name] of membersOf(encodings.node)) {
    const one = resolver.settle(resolver.child(encodings, name));
    if (typeof one !== 'string' && isMapping(one.node)) {
      encoding.set(name, encodingView(resolver, one));
    }
  }
  return {
    mediaType,
    schema: schemaUnder(resolver, at, 'schema'),
    itemSchema: schemaUnder(resolver, at, 'itemSchema'),
    encoding,
    example: exampleOf(resolver, at),
  };
}

/** The schema at `key`; undefined where there is none. */
export function schemaUnder(resolver: Resolver, at: Ref, key: string): Ref | undefined {
  const schema = resolver.child(at, key);
  return schema.node === undefined || schema.node === null ? undefined : schema;
}

function encodingView(resolver: Resolver, at: Ref): EncodingView {
  const style = textOf(memberOf(at.node, 'style'));
  const explode = memberOf(at.node, 'explode');
  return {
    contentType: textOf(memberOf(at.node, 'contentType')),
    style: BODY_STYLES.find((known) => known === style),
    explode: explode === undefined ? undefined : isTrue(explode),
    allowReserved: isTrue(memberOf(at.node, 'allowReserved')),
    headers: headersOf(resolver, at),
  };
}

const BODY_STYLES: readonly ParameterStyle[] = [
  'form',
  'spaceDelimited',
  'pipeDelimited',
  'deepObject',
];

/** The members of `headers` under `holder` with the schemas of their values; of 2.0 as well. */
export function headersOf(resolver: Resolver, holder: Ref): ReadonlyMap<string, Ref | undefined> {
  const headers = resolver.child(holder, 'headers');
  const found = new Map<string, Ref | undefined>();
  for (const [name] of membersOf(headers.node)) {
    if (name.startsWith('x-') && !isMapping(memberOf(headers.node, name))) continue;
    const at = resolver.settle(resolver.child(headers, name));
    if (typeof at === 'string') {
      resolver.repaired(`The header "${name}" has no schema. ${at}`, headers);
      found.set(name, undefined);
    } else found.set(name, headerSchema(resolver, at));
  }
  return found;
}

function headerSchema(resolver: Resolver, at: Ref): Ref | undefined {
  const schema = schemaUnder(resolver, at, 'schema');
  if (schema !== undefined) return schema;
  const content = resolver.child(at, 'content');
  const [mediaType] = membersOf(content.node)[0] ?? [];
  if (mediaType !== undefined) {
    return schemaUnder(resolver, resolver.child(content, mediaType), 'schema');
  }
  return memberOf(at.node, 'type') === undefined ? undefined : at;
}
