/**
 * The description of an endpoint: an OpenAPI 3.1.1 document with one operation per tool that the
 * caller sees. Made as text, so that schemas stand in it as their upstream wrote them.
 */
import { MISSING_PARTS_KEY, ROOT, scanJson, type JsonView } from '../../kernel/index.ts';
import { SchemaEmbedder } from './embed-schema.ts';
import { COMPONENTS } from './openapi-components.ts';
import { toolPath } from './paths.ts';
import { CALL_TYPE } from './route.ts';

export interface DocumentSettings {
  /** `server.publicUrl` without a slash at its end; '' where none is set. */
  readonly publicUrl: string;
  readonly version: string;
}

/** Places noted: list, tools, their members, and the members of their schemas. */
const SCAN = { maxDepth: 256, recordDepth: 4 };

/**
 * Always the same text for the same tools.
 * @param tools the catalog's list of all tools as JSON text: `tools` (definitions under public
 *   names), `upstreams` (public names by upstream) and `_meta`
 */
export function openApiDocument(
  tools: string,
  endpoint: string,
  settings: DocumentSettings,
): string {
  const view = scanJson(Buffer.from(tools), SCAN);
  if ('fault' in view) throw new Error(`the list of tools is no JSON: ${view.fault}`);
  const tags = tagsOf(view);
  const schemas = new SchemaEmbedder();
  const paths = view
    .children(view.member(ROOT, 'tools'))
    .map((tool) => pathItem(view, tool, endpoint, tags.byTool, schemas));
  const missing = view.member(view.member(ROOT, '_meta'), MISSING_PARTS_KEY);
  const members = [
    '"openapi":"3.1.1"',
    `"info":${JSON.stringify(infoOf(endpoint, settings.version))}`,
    '"jsonSchemaDialect":"https://json-schema.org/draft/2020-12/schema"',
    `"servers":${JSON.stringify([{ url: `${settings.publicUrl}/api/${endpoint}` }])}`,
    '"security":[]',
    `"tags":${JSON.stringify(tags.names.map((name) => ({ name })))}`,
    `"paths":{${paths.join(',')}}`,
    `"components":${JSON.stringify(COMPONENTS)}`,
  ];
  if (missing >= 0) members.push(`"x-drawbridge-missing":${view.raw(missing)}`);
  return `{${members.join(',')}}`;
}

function infoOf(endpoint: string, version: string): object {
  return {
    title: `Tools of the endpoint "${endpoint}"`,
    version,
    description:
      'Every tool that this caller may use, one operation each. Calls are decided, limited and ' +
      'recorded like those of MCP clients.',
  };
}

interface Tags {
  readonly names: readonly string[];
  readonly byTool: ReadonlyMap<string, string>;
}

function tagsOf(view: JsonView): Tags {
  const upstreams = view.children(view.member(ROOT, 'upstreams'));
  const byTool = new Map<string, string>();
  for (const upstream of upstreams) {
    for (const tool of view.children(upstream))
      byTool.set(view.string(tool) ?? '', view.key(upstream));
  }
  return { names: upstreams.map((upstream) => view.key(upstream)), byTool };
}

function pathItem(
  view: JsonView,
  tool: number,
  endpoint: string,
  tags: ReadonlyMap<string, string>,
  schemas: SchemaEmbedder,
): string {
  const name = view.string(view.member(tool, 'name')) ?? '';
  const urn = `urn:drawbridge:${endpoint}:${encodeURIComponent(name.toWellFormed())}`;
  const input = view.member(tool, 'inputSchema');
  const output = view.member(tool, 'outputSchema');
  const members = [`"operationId":${JSON.stringify(name)}`];
  const summary = view.member(tool, 'title');
  if (view.kind(summary) === 'string') members.push(`"summary":${view.raw(summary)}`);
  const description = view.member(tool, 'description');
  if (view.kind(description) === 'string') members.push(`"description":${view.raw(description)}`);
  const tag = tags.get(name);
  if (tag !== undefined) members.push(`"tags":[${JSON.stringify(tag)}]`);
  const operation = `#/paths/${pointerToken(toolPath(name))}/post`;
  const inputSchema = schemas.embed(view, input, {
    pointer: `${operation}/requestBody/content/application~1json/schema`,
    id: `${urn}:input`,
  });
  members.push(`"requestBody":${requestBody(view, input, inputSchema)}`);
  const outputSchema = schemas.embed(view, output, {
    pointer: `${operation}/responses/200/content/application~1json/schema`,
    id: `${urn}:output`,
  });
  members.push(`"responses":${responses(output < 0 ? '' : outputSchema)}`);
  members.push(`"x-mcp":${extension(view, tool, name)}`);
  return `${JSON.stringify(toolPath(name))}:{"post":{${members.join(',')}}}`;
}

/** What makes the same tool of the operation again: its name, and that the body is its arguments. */
function extension(view: JsonView, tool: number, name: string): string {
  const annotations = view.member(tool, 'annotations');
  const hints =
    view.kind(annotations) === 'object' ? `,"annotations":${view.raw(annotations)}` : '';
  return `{"name":${JSON.stringify(name)},"arguments":"body"${hints}}`;
}

/** A key as a part of a pointer in a URI fragment (RFC 6901, section 6). */
function pointerToken(key: string): string {
  return encodeURI(key.replaceAll('~', '~0').replaceAll('/', '~1'));
}

/** A tool that requires an argument requires a body. */
function requestBody(view: JsonView, input: number, schema: string): string {
  const required = view.member(input, 'required');
  const isRequired = view.kind(required) === 'array' && !/^\[\s*\]$/.test(view.raw(required));
  return (
    `{"required":${isRequired},"content":{"application/json":{"schema":${schema}},` +
    `"${CALL_TYPE}":{"schema":{"$ref":"#/components/schemas/Call"}}}}`
  );
}

const EVENTS = '"text/event-stream":{"schema":{"type":"string"}}';
const OPEN_CONTENT =
  '"application/json":{"schema":{}},"text/plain":{"schema":{"type":"string"}},' +
  `"image/*":{},"audio/*":{},${EVENTS}`;

/** @param schema of the structured result, '' where the tool has none */
function responses(schema: string): string {
  const content =
    schema === '' ? OPEN_CONTENT : `"application/json":{"schema":${schema}},${EVENTS}`;
  return (
    `{"200":{"description":"The result of the tool.","content":{${content}}},` +
    '"409":{"$ref":"#/components/responses/Question"},' +
    '"422":{"$ref":"#/components/responses/ToolError"},' +
    '"default":{"$ref":"#/components/responses/Problem"}}'
  );
}
