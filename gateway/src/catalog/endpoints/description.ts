/** What an endpoint is, in the protocol's words: capabilities and instructions. */
import type { Era, Principal } from '../../kernel/index.ts';
import type { Endpoint } from './endpoint.ts';
import { extensionsOf } from './extensions.ts';

/** Instructions of an endpoint with several upstreams, in bytes of UTF-8. */
const MAX_INSTRUCTION_BYTES = 8 * 1024;

export interface Description {
  /** JSON text of a ServerCapabilities object. */
  readonly capabilities: string;
  readonly instructions: string;
}

/** As `server/discover` (modern) and `initialize` (legacy) say it. */
export function describeEndpoint(endpoint: Endpoint, principal: Principal, era: Era): Description {
  return {
    capabilities: capabilitiesOf(endpoint, era),
    instructions: instructionsOf(endpoint, principal),
  };
}

function capabilitiesOf(endpoint: Endpoint, era: Era): string {
  const parts = endpoint.parts();
  const any = (what: Parameters<Endpoint['offers']>[1]): boolean =>
    parts.some((part) => endpoint.offers(part, what));
  const members = ['"tools":{"listChanged":true}'];
  if (any('prompts')) members.push('"prompts":{"listChanged":true}');
  if (any('resources')) {
    const subscribe = era === 'legacy' && any('subscribe') ? '"subscribe":true,' : '';
    members.push(`"resources":{${subscribe}"listChanged":true}`);
  }
  if (any('completions')) members.push('"completions":{}');
  if (any('logging')) members.push('"logging":{}');
  const extensions = extensionsOf(endpoint, era);
  if (extensions !== '') members.push(`"extensions":${extensions}`);
  return `{${members.join(',')}}`;
}

/** Only upstreams of which this principal sees something, or that have nothing to see. */
function instructionsOf(endpoint: Endpoint, principal: Principal): string {
  const { upstreams } = endpoint.sightOf(principal);
  const viewer = endpoint.viewer(principal);
  const texts: { readonly id: string; readonly text: string }[] = [];
  const parts = endpoint.parts();
  for (const { id, items } of parts) {
    if (items === undefined || items.instructions === '') continue;
    const count = items.tools.items.length + items.prompts.items.length;
    const isEmpty = count + items.resources.items.length + items.templates.items.length === 0;
    if ((isEmpty && viewer.mayReach(id)) || upstreams.has(id))
      texts.push({ id, text: items.instructions });
  }
  if (parts.length === 1) return texts[0]?.text ?? '';
  const sections = texts.map(({ id, text }) => `# ${id}\n\n${text.trim()}`);
  return fitAll(sections, MAX_INSTRUCTION_BYTES).join('\n\n');
}

/** Cuts the longest texts first, so that a long one does not cost a short one anything. */
function fitAll(texts: readonly string[], maxBytes: number): readonly string[] {
  const sizes = texts.map((text) => Buffer.byteLength(text) + 2);
  let left = maxBytes;
  let share = 0;
  for (const [index, size] of sizes.toSorted((a, b) => a - b).entries()) {
    share = Math.floor(left / (sizes.length - index));
    if (size > share) break;
    left -= size;
    share = size;
  }
  return texts.map((text, index) =>
    (sizes[index] ?? 0) > share ? cut(text, Math.max(0, share - 2)) : text,
  );
}

function cut(text: string, maxBytes: number): string {
  const mark = ' …';
  const room = Math.max(0, maxBytes - Buffer.byteLength(mark));
  const head = Buffer.from(text).subarray(0, room);
  // As a stream, so that half a character at the end is left out.
  return new TextDecoder().decode(head, { stream: true }) + mark;
}
