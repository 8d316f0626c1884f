/** `soap` of an upstream: its WSDL, and how its operations are called. */
import { z } from 'zod';
import { listSettings } from '../api/list-settings.ts';
import { address } from '../header-schema.ts';

const place = z
  .string()
  .min(1)
  .refine((text) => {
    const url = /^https?:/i.test(text) ? URL.parse(text) : undefined;
    return url === undefined || (url !== null && url.username === '' && url.password === '');
  }, 'must be a path, or an http or https address without a name or password');

const isPlain = (text: string): boolean => !/\p{Cc}/u.test(text) && text.isWellFormed();

const entry = z
  .strictObject({
    wsdl: place.describe('The WSDL 1.1 document: a path relative to this file, or an address.'),
    url: address('')
      .optional()
      .describe("Where the service is; the document's address where left out."),
    imports: z
      .array(z.string().min(1))
      .optional()
      .describe('Where else it may import WSDL and XSD from: addresses, hosts, files or folders.'),
    hosts: z
      .array(z.string().min(1))
      .optional()
      .describe('Further hosts that its ports may be called at, and private ranges.'),
    service: z.string().min(1).optional().describe('The only service to take.'),
    port: z.string().min(1).optional().describe('The only port to take.'),
    username: z
      .string()
      .min(1)
      .refine(isPlain, 'must not hold control characters')
      .optional()
      .describe('WS-Security UsernameToken: the name.'),
    password: z
      .string()
      .refine((text) => text !== '', 'must not be empty; an environment variable may not be set')
      .refine(isPlain, 'must not hold control characters')
      .optional()
      .describe('WS-Security UsernameToken: the password.'),
    passwordType: z
      .enum(['text', 'digest'])
      .default('text')
      .describe('How the password is sent: as it is, or as a digest with a nonce.'),
    include: z
      .array(z.string().min(1))
      .optional()
      .describe('Only these operations; "*" stands for anything.'),
    exclude: z
      .array(z.string().min(1))
      .optional()
      .describe('Operations that are left out; "*" stands for anything.'),
    ...listSettings,
  })
  .refine(({ username, password }) => password === undefined || username !== undefined, {
    message: 'needs a username beside it',
    path: ['password'],
  });

export const soapSchema = z
  .union([place, entry])
  .describe('A SOAP service: its WSDL 1.1 document, by path or address.');

export type SoapConfig = z.infer<typeof entry>;

/** An entry with everything in its place, whether it was written as text or as a section. */
export function soapConfig(written: z.infer<typeof soapSchema>): SoapConfig {
  return typeof written === 'string' ? entry.parse({ wsdl: written }) : written;
}
