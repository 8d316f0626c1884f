/** Which of the declared contents is sent, and how it is written. */
import { isJsonType } from '../encode/content-values.ts';
import { bareType, isMediaType } from '../../api/http/media-type.ts';
import { isMapping } from '../schema/node.ts';
import { fileKind, isFileType, member, rawProperties, settled } from './raw-schema.ts';
import type { BodyView, ContentView, Resolver } from '../document.ts';
import type { BodyPlan } from '../encode/plan-data.ts';

export interface ChosenContent {
  readonly content: ContentView;
  readonly codec: BodyPlan['codec'];
  /** As it is sent; a wildcard only where a file says its type itself. */
  readonly mediaType: string;
  /** Whether the whole body is one file. */
  readonly isFile: boolean;
}

/** JSON first, then forms, text, XML and bytes; undefined where no content is declared. */
export function chooseContent(resolver: Resolver, body: BodyView): ChosenContent | undefined {
  let best: { readonly choice: ChosenContent; readonly rank: number } | undefined;
  for (const content of body.contents) {
    const choice = choiceOf(resolver, content);
    const rank = rankOf(resolver, choice);
    if (best === undefined || rank < best.rank) best = { choice, rank };
  }
  return best?.choice;
}

function rankOf(resolver: Resolver, choice: ChosenContent): number {
  const { content, codec, mediaType } = choice;
  const missing = content.schema === undefined && content.itemSchema === undefined ? 20 : 0;
  // Files do not fit into JSON or a plain form where a multipart form is offered as well.
  const isPlain = codec === 'json' || codec === 'form';
  const files = isPlain && hasFiles(resolver, content) ? 6 : 0;
  const order = { json: 1, 'json-lines': 3, form: 4, multipart: 5, text: 7, xml: 8, binary: 9 };
  return missing + files + order[codec] + preference(codec, mediaType) + (choice.isFile ? 0.5 : 0);
}

/** Plain JSON before vendor types; a list of patch operations last. */
function preference(codec: string, mediaType: string): number {
  if (codec !== 'json') return 0;
  const type = bareType(mediaType);
  if (type === 'application/json') return 0;
  return type === 'application/json-patch+json' ? 0.6 : 0.3;
}

function hasFiles(resolver: Resolver, content: ContentView): boolean {
  for (const ref of rawProperties(resolver, content.schema).values()) {
    if (fileKind(resolver, ref, '') !== 'none') return true;
  }
  return false;
}

function choiceOf(resolver: Resolver, content: ContentView): ChosenContent {
  const written = content.mediaType.split(',', 1)[0]?.trim() ?? '';
  const type = bareType(written);
  const schema = settled(resolver, content.schema);
  const isFile = fileKind(resolver, content.schema, '') === 'one';
  const isText = schema !== undefined && member(schema, 'type') === 'string' && !isFile;
  const codec = codecOf(type);
  const choose = (as: BodyPlan['codec'], mediaType: string, file = isFile): ChosenContent => ({
    content,
    codec: as,
    mediaType: isMediaType(mediaType) || file ? mediaType : (FALLBACK.get(as) ?? 'text/plain'),
    isFile: file,
  });
  if (codec === 'multipart' || codec === 'form') return choose(codec, written, false);
  if (isFile) return choose('binary', isMediaType(written) ? written : '');
  if (codec !== undefined) return choose(codec, written, false);
  const isOpen = type === '' || type === '*/*' || type === 'application/*';
  if (isOpen)
    return isText ? choose('text', 'text/plain', false) : choose('json', 'application/json', false);
  const isStructured =
    schema !== undefined && isMapping(schema.node) && !isText && hasShape(schema.node);
  if (isStructured) return choose('json', written, false);
  return isText && !isFileType(type) && type !== 'application/octet-stream'
    ? choose('text', written, false)
    : choose('binary', isMediaType(written) ? written : '', true);
}

function hasShape(node: Readonly<Record<string, unknown>>): boolean {
  return ['properties', 'items', 'allOf', 'oneOf', 'anyOf', 'additionalProperties'].some(
    (keyword) => node[keyword] !== undefined,
  );
}

const FALLBACK: ReadonlyMap<string, string> = new Map([
  ['json', 'application/json'],
  ['json-lines', 'application/x-ndjson'],
  ['xml', 'application/xml'],
  ['form', 'application/x-www-form-urlencoded'],
  ['multipart', 'multipart/form-data'],
]);

/** How a type is written; undefined where only the schema can tell. */
function codecOf(type: string): BodyPlan['codec'] | undefined {
  if (isJsonType(type) || type === 'json') return 'json';
  if (/[/+](?:x-)?(?:ndjson|jsonl|jsonlines|json-lines|json-seq)$/.test(type)) return 'json-lines';
  if (type === 'application/x-www-form-urlencoded') return 'form';
  if (type.startsWith('multipart/')) return 'multipart';
  if (/[/+]xml(?:-|$)/.test(type)) return 'xml';
  if (type.startsWith('text/')) return 'text';
  const isText =
    /^application\/(?:x-)?(?:graphql|yaml|javascript|sql|jwt|toml|csv|sparql-query|sparql-update|n-triples|trig)$|\+yaml$/;
  return isText.test(type) ? 'text' : undefined;
}
