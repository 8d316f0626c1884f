/** The `audit` section of the configuration. */
import { z } from 'zod';

export const auditSchema = z.strictObject({
  file: z
    .string()
    .min(1)
    .optional()
    .describe('File the records are appended to, or "stdout"; by default audit.jsonl in stateDir.'),
});
