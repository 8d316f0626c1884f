/** Addresses and headers as the operator writes them, for every kind of upstream over HTTP. */
import { z } from 'zod';
import { isHeaderName, isHeaderValue } from '../egress/index.ts';

/** Headers that the gateway writes itself, or that speak of one connection only. */
const OWN_HEADERS =
  /^(host|content-(length|type|encoding)|transfer-encoding|connection|keep-alive|upgrade|te|trailer|expect|accept(-encoding)?|last-event-id|mcp-.*|proxy-.*)$/i;

/** Header names to values, each of which can be sent as it is written. */
export const headers = z.record(z.string(), z.string()).superRefine((values, context) => {
  for (const [name, value] of Object.entries(values)) {
    const message = headerProblem(name, value);
    if (message !== undefined) context.addIssue({ code: 'custom', message, path: [name] });
  }
});

function headerProblem(name: string, value: string): string | undefined {
  if (!isHeaderName(name)) return `"${name}" cannot be the name of a header`;
  if (value === '') return `the header "${name}" must not be empty; a variable may hold nothing`;
  if (OWN_HEADERS.test(name)) return `the gateway sets the header "${name}" itself; leave it out`;
  return isHeaderValue(value)
    ? undefined
    : 'must be one line without spaces at its ends, in ASCII or Latin-1';
}

/**
 * An http or https address without credentials and fragment.
 * @param otherwise what else might have been meant, for the message
 */
export function address(otherwise: string) {
  return z.string().superRefine((text, context) => {
    const message = addressProblem(text, otherwise);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
}

function addressProblem(text: string, otherwise: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) {
    return `must be an http or https address${otherwise}`;
  }
  if (url.username !== '' || url.password !== '') {
    return 'must not hold a name or password; write auth or headers beside it';
  }
  return url.hash === '' ? undefined : 'must not end in a fragment ("#...")';
}
