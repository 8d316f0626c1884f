/** Which clients would leave out which tools, were all definitions listed. */
import { isJsonObject } from '../../../kernel/index.ts';
import { CLIENT_PROFILES, lintForClients } from '../schema/index.ts';
import { grouped } from './choose-mode.ts';
import type { MeasuredTool } from './measure.ts';
import type { ClientLoss } from './report.ts';

/** @param total operations of the API, measured or not */
export function clientLosses(tools: readonly MeasuredTool[], total: number): readonly ClientLoss[] {
  const linted = tools.map(({ operation: { name }, definition }) => {
    const schema = definition['inputSchema'];
    return { name, inputSchema: isJsonObject(schema) ? schema : {} };
  });
  // How many tools there are is known better than by the sample.
  const complaints = lintForClients(linted).filter(({ tool }) => tool !== '');
  const same = Map.groupBy(complaints, ({ client, why }) => JSON.stringify([client, why]));
  const losses = [...same.values()].flatMap((group): ClientLoss[] => {
    const [first] = group;
    if (first === undefined) return [];
    return [{ client: first.client, why: first.why, tools: group.map(({ tool }) => tool) }];
  });
  return [...tooMany(total), ...losses];
}

function tooMany(total: number): ClientLoss[] {
  return CLIENT_PROFILES.filter(({ maxTools }) => total > maxTools).map(({ name, maxTools }) => {
    const why = `It takes ${grouped(maxTools)} tools; there are ${grouped(total)}.`;
    return { client: name, why, tools: [] };
  });
}
