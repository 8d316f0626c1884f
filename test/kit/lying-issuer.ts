/** An issuer of tokens that says whatever a test wants it to say. */
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { SignJWT, exportJWK, generateKeyPair, type JWTPayload } from 'jose';

export type Lie = (response: ServerResponse, request: IncomingMessage) => void;

export const METADATA = '/.well-known/openid-configuration';
export const KEYS = '/jwks';
export const INTROSPECTION = '/introspect';

export interface LyingIssuer extends AsyncDisposable {
  readonly url: string;
  /** What is said at a path instead of the truth. */
  readonly lies: Map<string, Lie>;
  /** What is truly known of opaque tokens. */
  readonly opaque: Map<string, object>;
  /** Paths that were asked for, in their order. */
  readonly asked: string[];
  sign(claims: JWTPayload, header?: Record<string, unknown>): Promise<string>;
  /** Lets nobody connect any more. */
  close(): Promise<void>;
}

export async function startLyingIssuer(): Promise<LyingIssuer> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true });
  const { d: _, ...jwk } = { ...(await exportJWK(privateKey)), kid: 'k1', alg: 'ES256' };
  const lies = new Map<string, Lie>();
  const opaque = new Map<string, object>();
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '', 'http://x');
    asked.push(pathname);
    const lie = lies.get(pathname);
    if (lie !== undefined) lie(response, request);
    else void truth(pathname, request, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const metadata = {
    issuer: url,
    jwks_uri: `${url}${KEYS}`,
    introspection_endpoint: `${url}${INTROSPECTION}`,
  };

  async function truth(path: string, request: IncomingMessage, response: ServerResponse) {
    if (path === METADATA) return say(metadata)(response, request);
    if (path === KEYS) return say({ keys: [jwk] })(response, request);
    if (path !== INTROSPECTION) return void response.writeHead(404).end();
    let body = '';
    for await (const chunk of request.setEncoding('utf8')) body += String(chunk);
    const known = opaque.get(new URLSearchParams(body).get('token') ?? '');
    say(known ?? { active: false })(response, request);
  }

  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return {
    url,
    lies,
    opaque,
    asked,
    sign: (claims, header = {}) =>
      new SignJWT({ iss: url, ...claims })
        .setProtectedHeader({ alg: 'ES256', kid: 'k1', ...header })
        .sign(privateKey),
    close,
    [Symbol.asyncDispose]: close,
  };
}

export function say(value: unknown): Lie {
  return (response) => void response.end(JSON.stringify(value));
}

export function status(code: number, headers: Record<string, string> = {}): Lie {
  return (response) => void response.writeHead(code, headers).end('{}');
}

export const notJson: Lie = (response) => void response.end('<html>Sign in</html>');
export const cut: Lie = (response) => {
  response.writeHead(200, { 'content-length': '1000' });
  response.write('{');
  response.destroy();
};
/** Begins to answer and never comes to an end. */
export const endless: Lie = (response) => void response.write('{"issuer":');

/** An answer that is right but for its size. */
export function tooLarge(value: object): Lie {
  return say({ ...value, padding: 'x'.repeat(600_000) });
}
