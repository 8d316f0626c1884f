/** How an OAuth client shows its secret in a header (RFC 6749, section 2.3.1). */

/**
 * The value of `Authorization`. Both parts are form-encoded before they are joined, so that neither
 * the colon nor anything beyond ASCII is mistaken.
 */
export function clientBasic(clientId: string, clientSecret: string): string {
  const pair = `${formEncoded(clientId)}:${formEncoded(clientSecret)}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}

function formEncoded(text: string): string {
  return new URLSearchParams({ v: text }).toString().slice(2);
}
