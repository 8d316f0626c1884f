/** Decisions in the record. */
import { createReadStream, existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { z } from 'zod';

const recordSchema = z.object({
  time: z.string(),
  id: z.string(),
  principal: z.string(),
  endpoint: z.string(),
  decision: z.string(),
  decided: z.string(),
  rule: z.string(),
  failed: z.array(z.string()).optional(),
  item: z.string().optional(),
  asked: z.string().optional(),
  reason: z.string().optional(),
});

export type DecisionRecord = z.infer<typeof recordSchema>;

/** The last record of a decision; undefined where there is none. */
export async function findDecision(file: string, id: string): Promise<DecisionRecord | undefined> {
  if (!existsSync(file)) return undefined;
  const mark = `"decision":${JSON.stringify(id)}`;
  let found: DecisionRecord | undefined;
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.includes(mark)) continue;
    const parsed = recordSchema.safeParse(JSON.parse(line));
    if (parsed.success && parsed.data.decision === id) found = parsed.data;
  }
  return found;
}
