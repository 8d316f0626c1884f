/** The `server` section of the configuration. */
import { z } from 'zod';

/** Where the gateway listens, as it is written: `127.0.0.1:8080`, `[::1]:8080`, `localhost:0`. */
const LISTEN = /^(\[[0-9a-fA-F:.]+\]|[^:\s]+):(\d{1,5})$/;

const MAX_PORT = 65_535;

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
