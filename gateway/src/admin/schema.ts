/** The `admin` section of the configuration. */
import { z } from 'zod';
import { adminRolesSchema } from '../policy/index.ts';

export const adminSchema = z.strictObject({
  roles: adminRolesSchema
    .prefault({})
    .describe('Who may use the admin API, beside those to whom it granted roles itself.'),
});
