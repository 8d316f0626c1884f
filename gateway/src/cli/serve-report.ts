/** What `serve` says when it is up: addresses, upstreams, and how to connect. */
import type { UpstreamPart } from '../catalog/index.ts';
import type { Config, Gateway } from '../compose/index.ts';
import { DEFAULT_ENDPOINT } from '../kernel/index.ts';
import { clientHints } from './client-hints.ts';
import { timeText } from './key-times.ts';
import type { Output } from './output.ts';
import { table } from './table.ts';

interface EndpointAddress {
  readonly name: string;
  readonly url: string;
}

/** `default` first, the others as the configuration has them. */
function endpointAddresses(config: Config, url: string): readonly EndpointAddress[] {
  const names = Object.keys(config.endpoints).toSorted(
    (a, b) => Number(b === DEFAULT_ENDPOINT) - Number(a === DEFAULT_ENDPOINT),
  );
  return names.map((name) => ({
    name,
    url: name === DEFAULT_ENDPOINT ? `${url}/mcp` : `${url}/mcp/${name}`,
  }));
}

/** The first line, as soon as callers are answered. */
export function announce(out: Output, config: Config, url: string): void {
  const { version } = out.surroundings;
  const first = endpointAddresses(config, url)[0]?.url ?? url;
  out.line(out.outPaint.strong(`Drawbridge ${version} listens on ${first}`));
}

/** How to become administrator, where nobody is; the code is shown here and nowhere else. */
export function tellCode(
  out: Output,
  code: Awaited<ReturnType<Gateway['administratorCode']>>,
  url: string,
): void {
  if (code === undefined) return;
  out.note(
    `No administrator yet. One-time code, good until ${timeText(code.expiresMs)}: ${code.text}`,
  );
  out.note(`Send it with your credential: POST ${url}/admin/v1/first-administrator {"code":"…"}`);
}

/** The rest, when the upstreams' first lists are in or their deadlines have passed. */
export function report(out: Output, gateway: Gateway, config: Config, url: string): void {
  const endpoints = endpointAddresses(config, url);
  const offers = gateway.status().lists.map(offerOf);
  out.result({
    event: 'ready',
    version: out.surroundings.version,
    url,
    endpoints,
    upstreams: offers,
  });
  section(
    out,
    ['ENDPOINT', 'ADDRESS'],
    endpoints.map((each) => [each.name, each.url]),
  );
  section(
    out,
    ['UPSTREAM', 'WHAT IT OFFERS'],
    offers.map((each) => [each.id, offerWords(each)]),
  );
  if (offers.length === 0) {
    out.line('\nNo upstreams yet. Add one: drawbridge add <url or command>');
  }
  const [first] = endpoints;
  if (first === undefined) return;
  out.line('\nConnect a client:');
  for (const line of table(clientHints(first.url, 'drawbridge'), undefined)) out.line(`  ${line}`);
  out.line('\nStop with Ctrl-C.');
}

interface Offer {
  readonly id: string;
  readonly state: UpstreamPart['state'];
  /** Why the lists are not fresh; '' where they are. */
  readonly why: string;
  readonly tools: number;
  readonly prompts: number;
  readonly resources: number;
}

function offerOf({ id, state, why, items }: UpstreamPart): Offer {
  return {
    id,
    state,
    why,
    tools: items?.tools.items.length ?? 0,
    prompts: items?.prompts.items.length ?? 0,
    resources: items?.resources.items.length ?? 0,
  };
}

function offerWords({ state, why, tools, prompts, resources }: Offer): string {
  if (state === 'missing' || state === 'waiting')
    return `nothing yet: ${why || 'it has not answered'}`;
  const counts = [count(tools, 'tool'), count(prompts, 'prompt'), count(resources, 'resource')];
  const offered = counts.filter((each) => !each.startsWith('0 ')).join(', ') || 'nothing';
  return state === 'stale' ? `${offered} (as last seen: ${why})` : offered;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}

function section(out: Output, head: readonly string[], rows: readonly (readonly string[])[]): void {
  if (rows.length === 0) return;
  const { isTTY, columns } = out.surroundings.stdout;
  const width = isTTY === true && columns !== undefined ? columns - 2 : undefined;
  const [title = '', ...lines] = table([head, ...rows], width);
  out.line();
  out.line(`  ${out.outPaint.faint(title)}`);
  for (const line of lines) out.line(`  ${line}`);
}
