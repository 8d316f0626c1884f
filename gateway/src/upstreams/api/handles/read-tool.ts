/** The tool `read_result`: how a model reads on in what was too long for one answer. */
import {
  ExactNumber,
  isJsonObject,
  type Json,
  type JsonObject,
  ownMember,
} from '../../../kernel/index.ts';
import { errorResult } from '../results/compose.ts';
import type { Asker, ResultLimits, ToolResult } from '../results/contract.ts';
import type { HandleStore } from './contract.ts';
import { handleId, handleUri } from './ids.ts';
import { readKept, type Slice } from './read-kept.ts';

/** Name of the tool, as each API upstream lists it. */
export const READ_TOOL = 'read_result';

/** The same for all upstreams, so that lists stay as they are. */
export const READ_TOOL_DEFINITION: JsonObject = {
  name: READ_TOOL,
  title: 'Read on in a long result',
  description:
    'Reads the rest of a result that was too long to be shown at once. The earlier result says which handle, path and offset to give.',
  inputSchema: {
    type: 'object',
    properties: {
      handle: { type: 'string', description: 'Address given by the earlier result.' },
      path: { type: 'string', description: 'Part of a JSON result, e.g. items.3.description' },
      offset: {
        type: 'integer',
        minimum: 0,
        description: 'First item of a list, or first character of a text.',
      },
      max_items: { type: 'integer', minimum: 1 },
      max_chars: { type: 'integer', minimum: 1 },
    },
    required: ['handle'],
  },
  annotations: {
    readOnlyHint: true,
    destructiveHint: false,
    idempotentHint: true,
    openWorldHint: false,
  },
};

const NAMES: ReadonlySet<string> = new Set(['handle', 'path', 'offset', 'max_items', 'max_chars']);
const MAX_PATH_CHARS = 500;
const LEAST_CHARS = 1000;

/** Carries a call of the tool out. */
export async function readResult(
  store: HandleStore,
  upstream: string,
  limits: ResultLimits,
  values: JsonObject,
  asker: Asker,
): Promise<ToolResult> {
  const slice = readSlice(values, limits);
  if (typeof slice === 'string') return errorResult(slice);
  const handle = ownMember(values, 'handle');
  if (typeof handle !== 'string' || handle === '') {
    return errorResult('handle is needed: the address that an earlier result gave.');
  }
  const id = handleId(upstream, handle.trim());
  const kept = id === undefined ? undefined : await store.get({ ...asker, upstream }, id);
  if (id === undefined || kept === undefined) {
    return errorResult(
      'There is no result at this handle, or it was dropped with age. Call the tool that gave it again.',
    );
  }
  return readKept(kept, { handle: handleUri(upstream, id), tool: asker.readTool }, slice, limits);
}

/** @returns words where an argument is not valid */
function readSlice(values: JsonObject, limits: ResultLimits): Slice | string {
  if (!isJsonObject(values)) return 'The arguments must be an object.';
  const unknown = Object.keys(values).find((name) => !NAMES.has(name));
  if (unknown !== undefined) {
    return `There is no argument ${JSON.stringify(unknown.slice(0, 60))}; there are ${[...NAMES].join(', ')}.`;
  }
  const path = ownMember(values, 'path') ?? '';
  if (typeof path !== 'string' || path.length > MAX_PATH_CHARS) {
    return `path must be a text of at most ${MAX_PATH_CHARS} characters, like items.3.description.`;
  }
  const offset = countOf(ownMember(values, 'offset') ?? 0, 0);
  const maxItems = countOf(ownMember(values, 'max_items') ?? 0, 0);
  const maxChars = countOf(ownMember(values, 'max_chars') ?? limits.maxChars, 1);
  if (offset === undefined) return 'offset must be a whole number, 0 or more.';
  if (maxItems === undefined) return 'max_items must be a whole number, 1 or more.';
  if (maxChars === undefined) return 'max_chars must be a whole number, 1 or more.';
  const chars = Math.min(Math.max(maxChars, LEAST_CHARS), limits.maxChars);
  return { path: path.trim(), offset, maxItems, maxChars: chars };
}

function countOf(value: Json, least: number): number | undefined {
  const text = value instanceof ExactNumber ? value.text : value;
  if (typeof text !== 'number' && typeof text !== 'string') return undefined;
  const count = text === '' ? NaN : Number(text);
  return Number.isSafeInteger(count) && count >= least ? count : undefined;
}
