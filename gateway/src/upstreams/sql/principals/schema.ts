/** `role` and `settings` of a database: who a call is to PostgreSQL. */
import { z } from 'zod';

/** What of a principal is told. */
const source = z
  .string()
  .regex(
    /^(?:id|user|agent|team|groups|claims\.[^\s]{1,100})$/,
    'must be one of id, user, agent, team, groups and claims.<name>',
  );

const MAX_ROLE_BYTES = 63;

/** `none` would be the gateway's own role again. */
export function isRole(name: string): boolean {
  const bytes = Buffer.byteLength(name);
  return bytes > 0 && bytes <= MAX_ROLE_BYTES && !/^none$/i.test(name) && !/\p{Cc}/u.test(name);
}

const role = z
  .string()
  .refine(isRole, `must be a role, of 1 to ${MAX_ROLE_BYTES} bytes, and not none`);

export const roleSchema = z
  .union([
    role,
    z.strictObject({
      by: source.describe('What of the caller the role is made of.'),
      prefix: z
        .string()
        .max(32)
        .default('')
        .describe('Stands before it, so that no caller is a role that is not meant for callers.'),
      names: z
        .record(z.string(), role)
        .optional()
        .describe('Roles by the value; only these where it is given.'),
      otherwise: role.optional().describe('Role of callers without one; they are refused else.'),
    }),
  ])
  .describe('Role that every call takes on (SET LOCAL ROLE); by who calls where it is a section.');

export const settingsSchema = z
  .record(
    z
      .string()
      .regex(/^[a-z_][a-z0-9_]{0,30}(?:\.[a-z_][a-z0-9_]{0,30})+$/, 'must be like app.user'),
    source,
  )
  .describe(
    'Settings that every call gets by who makes it, for policies: current_setting(…) of the name.',
  );

export type RoleConfig = z.infer<typeof roleSchema>;
export type SettingsConfig = z.infer<typeof settingsSchema>;
