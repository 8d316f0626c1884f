/** An upstream as the admin API shows it. */
import { z } from '@hono/zod-openapi';
import { itemIdText } from '../kernel/index.ts';
import type { AdminPorts, UpstreamFacts } from './ports.ts';
import { time, timeText } from './times.ts';

const MAX_FINDINGS = 1000;

export const upstreamSchema = z
  .object({
    id: z.string(),
    title: z.string(),
    isEnabled: z.boolean(),
    labels: z.array(z.string()),
    kind: z.string().openapi({ description: "How it is spoken to; '' while it is switched off." }),
    state: z.enum(['starting', 'up', 'down', 'disabled']),
    lastError: z.string(),
    era: z.string().nullable(),
    revision: z.string(),
    callsUnderWay: z.number().int(),
    lists: z.object({
      state: z.enum(['waiting', 'missing', 'fresh', 'stale']),
      since: time,
      lastRead: time,
      why: z.string(),
      tools: z.number().int(),
      prompts: z.number().int(),
      resources: z.number().int(),
      templates: z.number().int(),
    }),
    findings: z.array(z.object({ code: z.string(), item: z.string(), text: z.string() })),
  })
  .openapi('Upstream');

export type UpstreamShown = z.infer<typeof upstreamSchema>;

export function upstreamShown(ports: AdminPorts, facts: UpstreamFacts): UpstreamShown {
  const { id, title, isEnabled, labels } = facts;
  const status = ports.status().find((each) => each.id === id);
  const part = ports.parts().find((each) => each.id === id);
  const items = part?.items;
  return {
    id,
    title,
    isEnabled,
    labels: [...labels],
    kind: status?.kind ?? '',
    state: isEnabled ? (status?.state ?? 'starting') : 'disabled',
    lastError: status?.lastError ?? '',
    era: status?.era ?? null,
    revision: status?.revision ?? '',
    callsUnderWay: status?.callsUnderWay ?? 0,
    lists: {
      state: part?.state ?? 'missing',
      since: timeText(part?.sinceMs),
      lastRead: timeText(part?.lastGoodMs),
      why: part?.why ?? '',
      tools: items?.tools.items.length ?? 0,
      prompts: items?.prompts.items.length ?? 0,
      resources: items?.resources.items.length ?? 0,
      templates: items?.templates.items.length ?? 0,
    },
    findings: (items?.findings ?? [])
      .slice(0, MAX_FINDINGS)
      .map(({ code, id: item, text }) => ({ code, item: itemIdText(item), text })),
  };
}
