/** The `identity` section of the configuration. */
import { z } from 'zod';

const NOTHING_CHOSEN = 'choose how callers are identified: mode: local, or keys: true';

export const identitySchema = z
  .strictObject({
    mode: z
      .literal('local')
      .optional()
      .describe('Only callers on this machine, all of them as one principal; the default.'),
    keys: z
      .boolean()
      .default(false)
      .describe('Callers present API keys, which `drawbridge keys` makes and revokes.'),
  })
  .refine(({ mode, keys }) => mode === 'local' || keys, NOTHING_CHOSEN)
  .refine(({ mode, keys }) => mode !== 'local' || !keys, {
    path: ['mode'],
    error: 'local mode identifies nobody, so it cannot stand beside keys',
  });

export type IdentityConfig = z.infer<typeof identitySchema>;

/** Whether callers need no credential, since only those on this machine are answered. */
export function isLocalMode(config: IdentityConfig): boolean {
  return config.mode === 'local';
}
