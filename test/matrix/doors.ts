/** Every way to ask for an item. A further door is one more line of the table. */
import type { EndpointName } from './generate.ts';
import type { Kind } from './naive.ts';
import type { Visitor } from './visitor.ts';

export interface Ask {
  readonly visitor: Visitor;
  readonly endpoint: EndpointName;
  /** What callers of the endpoint call the item. */
  readonly name: string;
  readonly args: Readonly<Record<string, unknown>>;
}

export interface Door {
  readonly kind: Kind;
  readonly endpoints: readonly EndpointName[];
  /** The public names that are shown. */
  readonly list?: (visitor: Visitor, endpoint: EndpointName) => Promise<readonly string[]>;
  /** Asks for one item. @returns the answer as it came */
  readonly call?: (ask: Ask) => Promise<string>;
  /**
   * What lets a caller in: the decision on the call; or, where nothing is carried out, that the item
   * is seen; or both the template and the decision on the resource that comes of it.
   */
  readonly judgedBy?: 'sight' | 'template';
  /** What is given for the name beforehand, while everything is allowed. */
  readonly ticket?: (ask: Ask) => Promise<string>;
  /** Nothing reaches an upstream at once. */
  readonly isCarried?: false;
  /** How its answer to what is not there reads, where that is not the one of its kind. */
  readonly unknown?: RegExp;
}

type Speak = 'modern' | 'legacy' | 'sse';
const NAMED = ['default', 'bare'] as const;
/** Where definitions are listed as a whole. */
const FULL: readonly EndpointName[] = NAMED;

const call =
  (speak: Speak, method: string, member: 'name' | 'uri') =>
  ({ visitor, endpoint, name, args }: Ask): Promise<string> =>
    visitor[speak](endpoint, method, { [member]: name, arguments: args });

const list =
  (speak: Speak, method: string, key: string, member: string) =>
  async (visitor: Visitor, endpoint: EndpointName): Promise<readonly string[]> => {
    const names: string[] = [];
    for (let cursor: unknown; ;) {
      const page = cursor === undefined ? {} : { cursor };
      const text = await visitor[speak](endpoint, method, page);
      const { result } = JSON.parse(text) as { result?: Record<string, unknown> };
      if (result === undefined) throw new Error(`no list: ${text}`);
      names.push(...(result[key] as object[]).map((each) => String(Reflect.get(each, member))));
      cursor = result['nextCursor'];
      if (cursor === undefined) return names;
    }
  };

const tools = (speak: Speak, endpoints: readonly EndpointName[] = FULL): Door => ({
  kind: 'tool',
  endpoints,
  list: list(speak, 'tools/list', 'tools', 'name'),
  call: call(speak, 'tools/call', 'name'),
});

/** One of the endpoint's own tools. */
const inside = async (visitor: Visitor, endpoint: EndpointName, tool: string, args: object) =>
  visitor.modern(endpoint, 'tools/call', { name: tool, arguments: args });

const complete =
  (type: 'prompt' | 'resource', speak: Speak) =>
  ({ visitor, endpoint, name, args }: Ask): Promise<string> => {
    const ref = { type: `ref/${type}`, [type === 'prompt' ? 'name' : 'uri']: name };
    const argument = { name: 'id', value: '' };
    return visitor[speak](endpoint, 'completion/complete', { ref, argument, arguments: args });
  };

const described = (ask: Ask): Promise<string> =>
  inside(ask.visitor, ask.endpoint, 'describe_tool', { names: [ask.name] });

/** `search_tools` is only there for who has something to find. */
async function searched(visitor: Visitor, endpoint: EndpointName): Promise<readonly string[]> {
  const own = await list('modern', 'tools/list', 'tools', 'name')(visitor, endpoint);
  if (!own.includes('search_tools')) return [];
  const text = await inside(visitor, endpoint, 'search_tools', { query: 'word', limit: 20 });
  const { result } = JSON.parse(text) as { result: { structuredContent: { tools: object[] } } };
  return result.structuredContent.tools.map((each) => String(Reflect.get(each, 'name')));
}

async function restTools(visitor: Visitor, endpoint: EndpointName): Promise<readonly string[]> {
  const text = await visitor.restDescription(endpoint);
  const { paths } = JSON.parse(text) as { paths: Record<string, object> };
  return Object.keys(paths).map((path) => decodeURIComponent(path.split('/').at(-1) ?? ''));
}

/** A template is read by one of the URIs that it stands for. */
const expanded = (ask: Ask): Promise<string> =>
  call('modern', 'resources/read', 'uri')({ ...ask, name: ask.name.replace('{id}', '7') });

const taskOf = async ({ visitor, endpoint, name }: Ask): Promise<string> => {
  const text = await visitor.modern(endpoint, 'tools/call', { name, arguments: { task: true } });
  const { result } = JSON.parse(text) as { result: { taskId: string } };
  return result.taskId;
};

// prettier-ignore
export const DOORS: Readonly<Record<string, Door>> = {
  'tools, modern': tools('modern'),
  'tools, legacy': tools('legacy'),
  'tools, HTTP+SSE': tools('sse', ['default']),
  'tools, REST': { kind: 'tool', endpoints: FULL, list: restTools, call: ({ visitor, endpoint, name, args }) => visitor.rest(endpoint, name, args) },
  'compact, by name': { kind: 'tool', endpoints: ['compact'], list: async (...at) => (await list('modern', 'tools/list', 'tools', 'name')(...at)).filter((name) => name !== 'describe_tool'), call: call('modern', 'tools/call', 'name') },
  'describe_tool': { kind: 'tool', endpoints: ['compact', 'search'], call: described, judgedBy: 'sight', isCarried: false, unknown: /There is no tool of this name|item_unknown/ },
  'search, by name': { kind: 'tool', endpoints: ['search'], list: searched, call: call('modern', 'tools/call', 'name') },
  'call_tool': { kind: 'tool', endpoints: ['search'], call: ({ visitor, endpoint, name, args }) => inside(visitor, endpoint, 'call_tool', { name, arguments: args }) },
  'prompts, modern': { kind: 'prompt', endpoints: FULL, list: list('modern', 'prompts/list', 'prompts', 'name'), call: call('modern', 'prompts/get', 'name') },
  'prompts, legacy': { kind: 'prompt', endpoints: FULL, list: list('legacy', 'prompts/list', 'prompts', 'name'), call: call('legacy', 'prompts/get', 'name') },
  'completion of prompts': { kind: 'prompt', endpoints: FULL, call: complete('prompt', 'modern') },
  'completion of templates': { kind: 'template', endpoints: FULL, call: complete('resource', 'legacy') },
  'resources, modern': { kind: 'resource', endpoints: FULL, list: list('modern', 'resources/list', 'resources', 'uri'), call: call('modern', 'resources/read', 'uri') },
  'resources, legacy': { kind: 'resource', endpoints: FULL, list: list('legacy', 'resources/list', 'resources', 'uri'), call: call('legacy', 'resources/read', 'uri') },
  'resources, HTTP+SSE': { kind: 'resource', endpoints: ['default'], list: list('sse', 'resources/list', 'resources', 'uri'), call: call('sse', 'resources/read', 'uri') },
  'templates': { kind: 'template', endpoints: FULL, list: list('modern', 'resources/templates/list', 'resourceTemplates', 'uriTemplate'), call: expanded, judgedBy: 'template' },
  'subscribe, legacy': { kind: 'resource', endpoints: FULL, call: call('legacy', 'resources/subscribe', 'uri'), isCarried: false },
  'tasks': { kind: 'tool', endpoints: ['default'], ticket: taskOf, call: ({ visitor, endpoint, name, args }) => visitor.modern(endpoint, 'tasks/get', { taskId: name, arguments: args }), unknown: /task_unknown/ },
};
