/** The endpoint's own tools: through them a caller reaches what lists leave out. */
import type { OwnTool } from '../../kernel/index.ts';
import { MAX_DESCRIBED } from './describe-tool.ts';
import { MAX_LIMIT, MAX_QUERY_CHARACTERS, DEFAULT_LIMIT } from './search-arguments.ts';

/** Public names of own tools, as they are at one endpoint for one set of visible tools. */
export type OwnNames = ReadonlyMap<OwnTool, string>;

/** How many visible tools of each upstream are only found by searching. */
export type SearchedCounts = ReadonlyMap<string, number>;

/** Upstreams named in the description of `search_tools`. */
const MAX_NAMED_UPSTREAMS = 20;
const PREFIX = 'drawbridge_';

/**
 * Names for own tools that no visible tool has.
 * @param isTaken whether a visible tool answers to a name
 */
export function ownNames(tools: readonly OwnTool[], isTaken: (name: string) => boolean): OwnNames {
  return new Map(
    tools.map((tool) => {
      let name: string = tool;
      while (isTaken(name)) name = PREFIX + name;
      return [tool, name];
    }),
  );
}

/** Definitions of own tools as JSON text, joined by commas; '' for none. */
export function ownDefinitions(names: OwnNames, counts: SearchedCounts): string {
  return [...names]
    .map(([tool, name]) => JSON.stringify({ name, ...DEFINITIONS[tool](names, counts) }))
    .join(',');
}

type Definition = (names: OwnNames, counts: SearchedCounts) => object;

const READS = { readOnlyHint: true, idempotentHint: true, openWorldHint: false };

const DEFINITIONS: Readonly<Record<OwnTool, Definition>> = {
  search_tools: (names, counts) => ({
    title: 'Search tools',
    description:
      `Finds tools by what they do. ${totalOf(counts)} tools are not listed and are found here` +
      `${upstreamsOf(counts)}. Each hit comes with its name, what it does, its arguments and its ` +
      `effect (read, write, destroy), so that it can be called at once by ${names.get('call_tool')}.`,
    inputSchema: {
      type: 'object',
      properties: {
        query: {
          type: 'string',
          maxLength: MAX_QUERY_CHARACTERS,
          description: 'What you want to do, in a few words: "create invoice", "list open orders".',
        },
        limit: {
          type: 'integer',
          minimum: 1,
          maximum: MAX_LIMIT,
          default: DEFAULT_LIMIT,
          description: 'How many hits at most.',
        },
        upstream: {
          type: 'string',
          description: 'Only tools of this upstream: the part of their names before "__".',
        },
        tag: { type: 'string', description: 'Only tools with this tag, as hits show it.' },
      },
      required: ['query'],
      additionalProperties: false,
    },
    annotations: { title: 'Search tools', ...READS },
  }),
  describe_tool: () => ({
    title: 'Describe tools',
    description:
      'Gives the whole definition of one or more tools: description, schema of the arguments and ' +
      'of the result. Use it before calling a tool whose schema you have not seen.',
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string', description: "The tool's name." },
        names: {
          type: 'array',
          items: { type: 'string' },
          minItems: 1,
          maxItems: MAX_DESCRIBED,
          description: 'Several names at once, instead of "name".',
        },
      },
      additionalProperties: false,
    },
    annotations: { title: 'Describe tools', ...READS },
  }),
  call_tool: (names) => ({
    title: 'Call a tool',
    description:
      `Calls a tool that ${names.get('search_tools')} found, exactly as if it were listed: the ` +
      "result is the tool's own.",
    inputSchema: {
      type: 'object',
      properties: {
        name: { type: 'string', description: "The tool's name." },
        arguments: { type: 'object', description: 'The arguments of that tool.' },
      },
      required: ['name'],
      additionalProperties: false,
    },
    annotations: { title: 'Call a tool' },
  }),
};

function totalOf(counts: SearchedCounts): number {
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

function upstreamsOf(counts: SearchedCounts): string {
  const named = [...counts].slice(0, MAX_NAMED_UPSTREAMS);
  const rest = counts.size - named.length;
  const texts = named.map(([id, count]) => `${id} (${count})`);
  if (rest > 0) texts.push(`${rest} more`);
  return `: ${texts.join(', ')}`;
}
