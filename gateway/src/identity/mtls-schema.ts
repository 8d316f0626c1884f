/** `identity.mtls`: for whom the certificates stand that callers show. */
import { z } from 'zod';

/** RFC 6749, section 3.3. */
const scope = z.string().regex(/^[\x21\x23-\x5b\x5d-\x7e]+$/, 'must be one scope without spaces');
const text = z.string().min(1).max(512);

const known = z.strictObject({
  user: text.optional(),
  agent: text.optional(),
  team: text.optional(),
  groups: z.array(text).max(1000).optional(),
  scopes: z.array(scope).max(1000).optional(),
});

const settings = z.strictObject({
  as: z.enum(['agent', 'user']).default('agent').describe('Whether it names an agent or a person.'),
  name: z
    .enum(['cn', 'dns', 'uri', 'email'])
    .default('cn')
    .describe('Where the name stands: in the subject, or among the alternative names.'),
  team: z.enum(['o', 'ou']).optional().describe('Which part of the subject names the team.'),
  groups: z.enum(['o', 'ou']).optional().describe('Which parts of the subject name groups.'),
  names: z
    .record(text, known)
    .optional()
    .describe('Names to what is known of them; it wins over what the certificate says.'),
  others: z
    .enum(['refuse', 'allow'])
    .optional()
    .describe('Names that are not among these; refused where there are names, else allowed.'),
  required: z
    .boolean()
    .default(false)
    .describe('Also who presents a key or a token has to show a certificate.'),
});

export const mtlsSchema = z
  .union([z.boolean(), settings])
  .describe('Callers show client certificates of server.tls.clientCa; true: the CN is an agent.');

/** As it is written: `true` for everything as it is by default. */
export type MtlsSetting = z.infer<typeof mtlsSchema>;
export type MtlsConfig = z.infer<typeof settings>;

/** What is said, with everything in its place; undefined where client certificates identify nobody. */
export function mtlsConfig(written: MtlsSetting | undefined): MtlsConfig | undefined {
  if (written === undefined || written === false) return undefined;
  return written === true ? settings.parse({}) : written;
}
