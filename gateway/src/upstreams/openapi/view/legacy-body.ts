/** What 2.0 sends as a body: one `body` parameter, or the fields of a form. */
import type { BodyView, ContentView, EncodingView, Node, Ref, Resolver } from '../document.ts';
import { isTrue, memberOf, setMember, textOf, textsOf } from '../source/node.ts';
import { bareContent, schemaUnder } from './contents.ts';
import { exampleOf } from './examples.ts';
import type { RawParameter } from './gather-parameters.ts';
import { legacyStyleOf } from './styles.ts';

const MULTIPART = 'multipart/form-data';
const URL_ENCODED = 'application/x-www-form-urlencoded';

/** @param consumes of the operation, or else of the document */
export function legacyBody(
  resolver: Resolver,
  operation: Ref,
  raw: readonly RawParameter[],
  consumes: Node,
): BodyView | undefined {
  const body = raw.find((parameter) => parameter.location === 'body');
  const fields = raw.filter((parameter) => parameter.location === 'formdata');
  if (body === undefined) {
    return fields.length === 0 ? undefined : formBody(resolver, operation, fields, consumes);
  }
  if (fields.length > 0) {
    resolver.repaired('An operation has a body and fields of a form; the body counts.', operation);
  }
  const schema = schemaUnder(resolver, body.at, 'schema') ?? selfDescribed(body.at);
  const types = textsOf(consumes).filter((type) => !isForm(type));
  const mediaTypes = types.length > 0 ? types : ['application/json'];
  const example = exampleOf(resolver, body.at);
  return {
    isRequired: isTrue(memberOf(body.at.node, 'required')),
    description: descriptionOf(body),
    contents: mediaTypes.map((mediaType) => ({ ...bareContent(mediaType, schema), example })),
    at: body.at,
  };
}

function selfDescribed(at: Ref): Ref | undefined {
  return memberOf(at.node, 'type') === undefined ? undefined : at;
}

function descriptionOf({ at, description }: RawParameter): string {
  return description === '' ? textOf(memberOf(at.node, 'description')) : description;
}

function isForm(mediaType: string): boolean {
  return /^\s*(?:multipart\/|application\/x-www-form-urlencoded)/i.test(mediaType);
}

function formBody(
  resolver: Resolver,
  operation: Ref,
  fields: readonly RawParameter[],
  consumes: Node,
): BodyView {
  const properties: Record<string, Node> = {};
  const required: string[] = [];
  const encoding = new Map<string, EncodingView>();
  for (const { name, at } of fields) {
    setMember(properties, name, memberOf(at.node, 'type') === undefined ? schemaNode(at) : at.node);
    if (isTrue(memberOf(at.node, 'required'))) required.push(name);
    encoding.set(name, fieldEncoding(resolver, at));
  }
  // Made of several places: it stands where the fields do.
  const schema: Ref = {
    node: { type: 'object', properties, required },
    source: operation.source,
    pointer: `${operation.pointer}/parameters`,
  };
  const hasFile = fields.some(({ at }) => isFile(at.node));
  const content: ContentView = {
    ...bareContent(formType(textsOf(consumes), hasFile), schema),
    encoding,
  };
  return { isRequired: required.length > 0, description: '', contents: [content], at: schema };
}

/** A field that is described as parameters of 3.x are. */
function schemaNode(at: Ref): Node {
  return memberOf(at.node, 'schema') ?? at.node;
}

function isFile(node: Node): boolean {
  const isOne = memberOf(node, 'type') === 'file';
  return isOne || memberOf(memberOf(node, 'items'), 'type') === 'file';
}

function formType(consumes: readonly string[], hasFile: boolean): string {
  const forms = consumes.filter(isForm).map((type) => type.trim());
  const multipart = forms.find((type) => type.toLowerCase().startsWith('multipart/'));
  if (hasFile) return multipart ?? MULTIPART;
  return forms.find((type) => type !== multipart) ?? multipart ?? URL_ENCODED;
}

function fieldEncoding(resolver: Resolver, at: Ref): EncodingView {
  const { style, explode } = legacyStyleOf(resolver, at, 'query');
  return { contentType: '', style, explode, allowReserved: false, headers: new Map() };
}
