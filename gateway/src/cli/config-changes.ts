/** What a reload changed, in words. */
import { isDeepStrictEqual } from 'node:util';
import type { Config } from '../compose/index.ts';

/** One phrase per difference; empty where the two mean the same. */
export function configChanges(before: Config, after: Config): string[] {
  const changes = [
    ...tableChanges('upstream', before.upstreams, after.upstreams),
    ...tableChanges('endpoint', before.endpoints, after.endpoints),
  ];
  for (const section of ['identity', 'policy', 'limits', 'audit', 'server'] as const) {
    if (!isDeepStrictEqual(before[section], after[section])) changes.push(`${section} changed`);
  }
  return changes;
}

/** Sections that are read once, when the process starts. */
export function needsRestart(before: Config, after: Config): boolean {
  return (
    before.server.listen !== after.server.listen ||
    before.server.stateDir !== after.server.stateDir ||
    // TLS is never switched on or off, nor are callers asked otherwise, while a listener runs.
    (before.server.tls === undefined) !== (after.server.tls === undefined) ||
    (before.server.tls?.clientCa === undefined) !== (after.server.tls?.clientCa === undefined)
  );
}

function tableChanges(
  noun: string,
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
): string[] {
  const ids = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...ids].flatMap((id) => {
    if (!Object.hasOwn(before, id)) return [`${noun} ${id} added`];
    if (!Object.hasOwn(after, id)) return [`${noun} ${id} removed`];
    return isDeepStrictEqual(before[id], after[id]) ? [] : [`${noun} ${id} changed`];
  });
}
