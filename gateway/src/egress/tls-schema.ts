/** `tls` of whatever is spoken to: whom to believe, and who the gateway is there. */
import { z } from 'zod';

const place = z.string().min(1, 'must be a path, or PEM itself');

/** Both as text and as a number, which YAML makes of an unquoted one. */
const version = z.union([z.literal('1.2'), z.literal('1.3'), z.literal(1.2), z.literal(1.3)]);

export const clientTlsSchema = z
  .strictObject({
    ca: z
      .union([place, z.array(place).min(1)])
      .optional()
      .describe(
        'PEM files of the authorities that are believed, instead of those of this machine; "system" in the list keeps these too.',
      ),
    cert: place
      .optional()
      .describe('PEM file of the client certificate, intermediate ones behind it.'),
    key: place.optional().describe('PEM file of its key.'),
    passphrase: z.string().min(1).optional().describe('Opens the key where it is encrypted.'),
    serverName: z
      .string()
      .regex(/^(?!\d+(\.\d+){3}$)[a-z0-9_]([a-z0-9_.-]{0,252})$/i, 'must be the name of a host')
      .optional()
      .describe(
        'Name that its certificate has to be made out to, where it is not that of the address.',
      ),
    minVersion: version.optional().describe('Oldest TLS version spoken; 1.2 where left out.'),
  })
  .refine(({ cert, key }) => (cert === undefined) === (key === undefined), {
    error: 'cert and key stand together',
  })
  .describe('Authorities and client certificate for its connections; paths relative to this file.');

export type ClientTlsConfig = z.infer<typeof clientTlsSchema>;
