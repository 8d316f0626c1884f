/** The `server` section of the configuration. */
import { isIP } from 'node:net';
import { z } from 'zod';

/** Where the gateway listens, as it is written: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. */
const LISTEN = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/;

const MAX_PORT = 65_535;

const pem = z
  .string()
  .min(1, 'must be a path, or PEM itself')
  .refine((text) => text !== 'system', 'name the file of the authorities');

const tlsSchema = z
  .strictObject({
    cert: pem.describe('PEM file of the certificate, with the intermediate ones behind it.'),
    key: pem.describe('PEM file of its key.'),
    passphrase: z.string().min(1).optional().describe('Opens the key where it is encrypted.'),
    minVersion: z
      .union([z.literal('1.2'), z.literal('1.3'), z.literal(1.2), z.literal(1.3)])
      .optional()
      .describe('Oldest TLS version spoken; 1.2 where left out.'),
    clientCa: pem
      .optional()
      .describe('PEM file of the authorities that vouch for callers; identity.mtls says for whom.'),
    clientCrl: pem.optional().describe('PEM file of the certificates that they have revoked.'),
  })
  .refine(({ clientCa, clientCrl }) => clientCrl === undefined || clientCa !== undefined, {
    path: ['clientCrl'],
    error: 'says what clientCa has revoked, so it needs clientCa',
  });

export type ServerTlsConfig = z.infer<typeof tlsSchema>;

const proxyRange = z.string().refine(isRange, {
  error: 'must be an address or a range, for example 10.0.0.7 or 10.0.0.0/8',
});

function isRange(written: string): boolean {
  const [base = '', bits, ...rest] = written.split('/');
  const version = isIP(base);
  if (version === 0 || base.includes('%') || rest.length > 0) return false;
  if (bits === undefined) return true;
  // A range of everything would believe everybody.
  return /^\d{1,3}$/.test(bits) && Number(bits) > 0 && Number(bits) <= (version === 4 ? 32 : 128);
}

export const serverSchema = z.strictObject({
  listen: z
    .string()
    .regex(LISTEN, 'write it as host:port, for example 127.0.0.1:8080')
    .refine((listen) => listenAddress(listen).port <= MAX_PORT, 'a port is at most 65535')
    .default('127.0.0.1:8080')
    .describe('Address and port to listen on. Only loopback addresses unless identity is set up.'),
  publicUrl: z
    .url({ protocol: /^https?$/, error: 'must be an http or https URL' })
    .optional()
    .describe('The URL under which callers reach the gateway; its host is accepted as Host.'),
  tls: tlsSchema
    .optional()
    .describe(
      'Certificate and key; callers are answered over TLS only. Paths relative to this file.',
    ),
  trustedProxies: z
    .array(proxyRange)
    .max(1000)
    .default([])
    .describe('Addresses and ranges of the proxies in front, which say from where callers come.'),
  allowedOrigins: z
    .array(z.url({ error: 'must be an origin such as https://app.example.com' }))
    .default([])
    .describe('Origins of web pages that may call the gateway, beside those of this machine.'),
  stateDir: z
    .string()
    .default('.drawbridge')
    .describe('Folder for the key ring, the catalog and the audit log; relative to this file.'),
});

/** @param listen an address that the schema accepted */
export function listenAddress(listen: string): { readonly host: string; readonly port: number } {
  const match = LISTEN.exec(listen);
  const host = (match?.[1] ?? '127.0.0.1').replace(/^\[|\]$/g, '');
  return { host, port: Number(match?.[2] ?? 0) };
}

/**
 * Whether an address is this machine's own loopback; a name counts only where it is `localhost`.
 * Nothing else may be listened on where callers are not identified.
 */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}
