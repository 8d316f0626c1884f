/** Warns of names in the configuration that no list has, once lists are known. */
import { overriddenItem, unknownNames, type UpstreamPart } from '../catalog/index.ts';
import { compilePattern } from '../kernel/index.ts';
import { argumentPath } from '../policy/index.ts';
import type { Config } from './config.ts';
import { configure, type Log, type Parts } from './parts.ts';

/** @returns sentences, each beginning with the endpoint that it is about */
function unknownNamesIn(
  { endpoints }: Pick<Config, 'endpoints'>,
  parts: readonly UpstreamPart[],
): readonly string[] {
  return Object.entries(endpoints).flatMap(([name, config]) => {
    const items = Object.keys(config.items ?? {})
      .map((key) => overriddenItem(key))
      .filter((id) => id !== undefined);
    const bindings = (config.arguments ?? []).flatMap(({ items: texts, argument }) => {
      const path = argumentPath(argument);
      if (typeof path === 'string') return [];
      const patterns = texts
        .map((text) => compilePattern(text))
        .filter((pattern) => typeof pattern !== 'string');
      return [{ patterns, argument, path }];
    });
    return unknownNames(parts, { items, bindings }).map((text) => `endpoints.${name}: ${text}`);
  });
}

/**
 * Configures the rooms, and warns of names that no list has: whenever lists have changed, each time of
 * what is new only.
 * @returns to be called with every configuration as it comes into force
 */
export function createApply(parts: Parts, log: Log): (config: Config) => void {
  const { catalog } = parts;
  const said = new Set<string>();
  let current: Config | undefined;
  const look = (): void => {
    if (current === undefined) return;
    for (const text of unknownNamesIn(current, catalog.snapshot().parts)) {
      if (said.has(text) || said.size >= MAX_SAID) continue;
      said.add(text);
      log('warn', text);
    }
  };
  catalog.onChange(look);
  return (config) => {
    current = config;
    configure(parts, config);
    look();
  };
}

const MAX_SAID = 1000;
