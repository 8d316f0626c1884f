/** The `secrets` section of the configuration: where the key of the vault is. */
import { z } from 'zod';

const file = z.strictObject({
  file: z.string().min(1).describe('A file with the key; relative to this file. Mode 0600.'),
});
const env = z.strictObject({
  env: z
    .string()
    .regex(/^[A-Za-z_]\w*$/, 'must be the name of an environment variable')
    .describe('Name of the environment variable that holds the key.'),
});

export const secretsSchema = z.strictObject({
  key: z
    .union([file, env])
    .optional()
    .describe(
      'The key that secrets are sealed with; vault.key in the state folder where left out.',
    ),
});

export type SecretsConfig = z.infer<typeof secretsSchema>;
