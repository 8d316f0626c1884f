/** Endpoints: what the catalog shows there, and what policy decides of arguments there. */
import { z } from 'zod';
import {
  endpointName,
  endpointNameError,
  endpointSchema,
  overriddenItem,
} from '../catalog/index.ts';
import type { Finding } from '../config/index.ts';
import { DEFAULT_ENDPOINT, compilePattern, itemIdText } from '../kernel/index.ts';
import { bindingsSchema, type EndpointFacts } from '../policy/index.ts';

/** `endpoints`: name to what it shows. Without any, `default` shows everything. */
export const endpointsSchema = z
  .record(endpointName, endpointSchema.extend({ arguments: bindingsSchema }), {
    error: endpointNameError,
  })
  .prefault({ [DEFAULT_ENDPOINT]: {} });

export type EndpointsConfig = z.infer<typeof endpointsSchema>;

/** What rules know of endpoints: the operator's own words for items, and bound arguments. */
export function endpointFacts(endpoints: EndpointsConfig): ReadonlyMap<string, EndpointFacts> {
  return new Map(
    Object.entries(endpoints).map(([name, config]) => [
      name,
      { labels: labelsOf(config.items), bindings: config.arguments ?? [] },
    ]),
  );
}

function labelsOf(items: EndpointsConfig[string]['items']): EndpointFacts['labels'] {
  return new Map(
    Object.entries(items ?? {}).flatMap(([key, { labels }]) => {
      const id = overriddenItem(key);
      return id === undefined || labels === undefined ? [] : [[itemIdText(id), labels]];
    }),
  );
}

/** What names upstreams that there are not. @param upstreams all ids, enabled or not */
export function endpointWarnings(
  endpoints: EndpointsConfig,
  upstreams: readonly string[],
): readonly Finding[] {
  return Object.entries(endpoints).flatMap(([name, config]) => {
    const items = Object.keys(config.items ?? {})
      .filter((key) => !upstreams.includes(overriddenItem(key)?.upstream ?? ''))
      .map((key) => warning(['endpoints', name, 'items', key], key));
    const bindings = (config.arguments ?? []).flatMap((binding, at) =>
      binding.items.flatMap((text, place) =>
        reachesAny(text, upstreams)
          ? []
          : [warning(['endpoints', name, 'arguments', at, 'items', place], text)],
      ),
    );
    return [...items, ...bindings];
  });
}

function warning(path: Finding['path'], text: string): Finding {
  return { path, message: `"${text}" names no upstream that there is`, severity: 'warning' };
}

function reachesAny(text: string, upstreams: readonly string[]): boolean {
  const head = text.indexOf('/') < 0 ? '*' : `${text.slice(0, text.indexOf('/'))}/*`;
  const pattern = compilePattern(head);
  return (
    typeof pattern === 'string' ||
    upstreams.some((upstream) =>
      pattern.matches({ upstream, kind: pattern.kind || 'tool', name: '' }),
    )
  );
}
