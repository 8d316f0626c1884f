/** Parameters outside the body in the words of 3.x, whatever the version. */
import type { ParameterView, Ref, Resolver } from '../document.ts';
import type { FoundOperation } from '../index/find-operations.ts';
import { isTrue, memberOf, membersOf, textOf } from '../source/node.ts';
import { schemaUnder } from './contents.ts';
import { exampleOf } from './examples.ts';
import type { RawParameter } from './gather-parameters.ts';
import { legacyStyleOf, styleOf, type Location } from './styles.ts';

const LOCATIONS: readonly Location[] = ['path', 'query', 'header', 'cookie', 'querystring'];

/** @param raw those that do not belong to a body */
export function parameterViews(
  resolver: Resolver,
  found: FoundOperation,
  raw: readonly RawParameter[],
): readonly ParameterView[] {
  const views: ParameterView[] = [];
  for (const parameter of raw) {
    const location = LOCATIONS.find((known) => known === parameter.location);
    if (location === undefined) {
      const { name, at } = parameter;
      resolver.repaired(`"${name}" is left out: "${parameter.location}" is no place for it.`, at);
    } else views.push(parameterView(resolver, parameter, location));
  }
  return [...views, ...undeclared(resolver, found, views)];
}

function parameterView(
  resolver: Resolver,
  { name, at, description }: RawParameter,
  location: Location,
): ParameterView {
  const { node } = at;
  const isRequired = isTrue(memberOf(node, 'required'));
  if (location === 'path' && !isRequired) {
    resolver.repaired(`The path parameter "${name}" was read as required.`, at);
  }
  const { mediaType, schema } = valueOf(resolver, at);
  const isLegacy = resolver.version === '2.0' || memberOf(node, 'collectionFormat') !== undefined;
  return {
    name,
    in: location,
    isRequired: isRequired || location === 'path',
    description: description === '' ? textOf(memberOf(node, 'description')) : description,
    isDeprecated: isTrue(memberOf(node, 'deprecated')),
    ...(isLegacy ? legacyStyleOf(resolver, at, location) : styleOf(resolver, at, location)),
    allowReserved: isTrue(memberOf(node, 'allowReserved')),
    schema,
    mediaType,
    example: exampleOf(resolver, at),
    at,
  };
}

interface ParameterValue {
  readonly mediaType: string;
  readonly schema: Ref | undefined;
}

/** `schema`, else the first media type of `content`, else the parameter itself as 2.0 has it. */
function valueOf(resolver: Resolver, at: Ref): ParameterValue {
  const schema = schemaUnder(resolver, at, 'schema');
  if (schema !== undefined) return { mediaType: '', schema };
  const content = resolver.child(at, 'content');
  const [mediaType] = membersOf(content.node)[0] ?? [];
  if (mediaType !== undefined) {
    const media = resolver.settle(resolver.child(content, mediaType));
    const inside = typeof media === 'string' ? undefined : schemaUnder(resolver, media, 'schema');
    return { mediaType, schema: inside };
  }
  const describesItself = ['type', 'enum', 'items'].some(
    (key) => memberOf(at.node, key) !== undefined,
  );
  if (describesItself && resolver.version !== '2.0') {
    resolver.repaired('A parameter without a schema was read as its own.', at);
  }
  return { mediaType: '', schema: describesItself ? at : undefined };
}

/** Variables of the path that nothing describes: texts. */
function undeclared(
  resolver: Resolver,
  found: FoundOperation,
  views: readonly ParameterView[],
): readonly ParameterView[] {
  const known = new Set(views.filter((view) => view.in === 'path').map((view) => plain(view.name)));
  const missing: ParameterView[] = [];
  const [path = ''] = found.path.split('#', 1);
  for (const [, name = ''] of path.matchAll(/\{([^{}?&][^{}]*)\}/g)) {
    if (known.has(plain(name))) continue;
    known.add(plain(name));
    resolver.repaired(`The path parameter "${name}" is not described; read as text.`, found.at);
    missing.push({
      name,
      in: 'path',
      isRequired: true,
      description: '',
      isDeprecated: false,
      style: 'simple',
      explode: false,
      allowReserved: false,
      schema: undefined,
      mediaType: '',
      example: undefined,
      at: found.at,
    });
  }
  return missing;
}

/** A variable's name without marks of templates and case, in which documents are not careful. */
function plain(name: string): string {
  return name.replace(/[+*./;\s]|:\d+$/g, '').toLowerCase();
}
