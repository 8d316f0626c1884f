/** Messages that the bridge itself writes to the client. */

/** A gateway cannot be reached; beside the codes of docs/errors.md. */
const GATEWAY_GONE = 5033;

/** The answer to a line that is no message. */
export function unreadable(code: number, message: string): string {
  return errorText('null', code, message);
}

/** The answer to a request that the gateway cannot answer. */
export function gatewayGone(rawId: string, why: string): string {
  return `{"jsonrpc":"2.0","id":${rawId},"error":{"code":${GATEWAY_GONE},"message":${JSON.stringify(sentence(why))},"data":{"reason":"gateway_gone"}}}`;
}

/** The answer to one request too many. */
export function tooMany(rawId: string): string {
  return errorText(rawId, 4291, 'Too many requests are open; wait for answers.');
}

function errorText(rawId: string, code: number, message: string): string {
  return `{"jsonrpc":"2.0","id":${rawId},"error":{"code":${code},"message":${JSON.stringify(message)}}}`;
}

function sentence(text: string): string {
  return `${text.charAt(0).toUpperCase()}${text.slice(1)}.`;
}
