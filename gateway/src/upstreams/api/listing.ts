/** What an API offers, as every upstream lists it. */
import {
  LATEST_MODERN,
  stringifyExact,
  type JsonObject,
  type ListMode,
  type ListedCapabilities,
  type Listing,
  type RawItem,
} from '../../kernel/index.ts';
import { feedItem } from '../feeds/resource.ts';
import { createOperationItems } from './items.ts';
import type { Api } from './model.ts';
import type { Profile } from './schema/index.ts';
import type { Results } from './results/contract.ts';

export interface ListingOptions {
  readonly results: Results;
  /** Whether tools say what they answer with. */
  readonly listsOutput: boolean;
  /** The dialect of JSON Schema that arguments are listed in. */
  readonly profile: Profile;
  /** How its tools are shown where an endpoint says nothing. */
  readonly modeFor?: (api: Api, tools: readonly RawItem[]) => ListMode;
}

/** Resources are results that were kept because they are too long for one answer, and feeds. */
const CAPABILITIES: ListedCapabilities = {
  tools: true,
  prompts: false,
  resources: true,
  completions: false,
  logging: false,
  subscribe: false,
  extensions: '',
};
const MAX_INSTRUCTIONS_CHARS = 300;

/** @param id of the upstream */
export function apiListing(id: string, api: Api, options: ListingOptions): Listing {
  const { results, listsOutput, profile, modeFor } = options;
  const operations = createOperationItems(api, {
    controlsFor: (plan) => results.controlsFor(plan),
    listsOutput,
    profile,
    digest: `${listsOutput} ${profile}`,
  });
  const mode = modeFor?.(api, operations);
  const feeds = api.feeds?.heads() ?? [];
  return {
    era: 'modern',
    revision: LATEST_MODERN,
    capabilities: { ...CAPABILITIES, subscribe: feeds.length > 0 },
    serverInfo: serverInfo(id, api),
    instructions: instructionsOf(api),
    ...(mode === undefined ? {} : { mode }),
    tools: [...operations, ...ownTools(results, operations)],
    prompts: [],
    resources: feeds.filter(({ isTemplate }) => !isTemplate).map(feedItem),
    templates: [
      rawItem(results.resourceTemplate, 'uriTemplate'),
      ...feeds.filter(({ isTemplate }) => isTemplate).map(feedItem),
    ],
  };
}

function serverInfo(id: string, { index }: Api): string {
  const { title, version } = index;
  return JSON.stringify({ name: id, ...(title === '' ? {} : { title }), version: version || '0' });
}

/** The first paragraph of what the API says of itself. */
function instructionsOf({ index }: Api): string {
  const [first = ''] = index.description.trim().split(/\n\s*\n/, 1);
  const line = first.replace(/\s+/g, ' ');
  if (line.length <= MAX_INSTRUCTIONS_CHARS) return line;
  return `${line.slice(0, MAX_INSTRUCTIONS_CHARS).toWellFormed()}…`;
}

/** An operation of the same name keeps it. */
function ownTools(results: Results, operations: readonly RawItem[]): readonly RawItem[] {
  const own = rawItem(results.readTool, 'name');
  return operations.some(({ name }) => name === own.name) ? [] : [own];
}

function rawItem(definition: JsonObject, nameMember: string): RawItem {
  const name = definition[nameMember];
  return {
    name: typeof name === 'string' ? name : '',
    definition: Buffer.from(stringifyExact(definition)),
  };
}
