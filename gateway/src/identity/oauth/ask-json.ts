/** Small JSON documents of an issuer: bounded, guarded, and never by way of a redirect. */
import { askAddress, safeAddress, type WayOut } from '../../egress/index.ts';
import {
  isJsonObject,
  parseExact,
  type Clock,
  type Json,
  type JsonObject,
} from '../../kernel/index.ts';

/** An issuer cannot be asked, or answers with something else than it has to; nothing in it is secret. */
export class IssuerFault extends Error {
  /** The HTTP status that it answered with; 0 where there was none, or 200. */
  readonly status: number;

  constructor(message: string, status = 0) {
    super(message);
    this.status = status;
  }
}

export interface AskJson {
  readonly clock: Clock;
  /** Hosts that the operator named; they may be private. */
  readonly allow: readonly string[];
  readonly wayOut?: WayOut | undefined;
}

const MAX_BYTES = 512 * 1024;
const TIMEOUT_MS = 5000;

/**
 * @param form a body to be posted, and the header that says who posts it
 * @throws {IssuerFault}
 */
export async function askJson(
  address: string,
  { clock, allow, wayOut }: AskJson,
  form?: { readonly body: string; readonly authorization: string },
): Promise<JsonObject> {
  const url = new URL(address);
  const shown = safeAddress(url);
  const headers = ['accept', 'application/json'];
  if (form !== undefined) {
    headers.push('content-type', 'application/x-www-form-urlencoded');
    headers.push('authorization', form.authorization);
  }
  const request = {
    method: form === undefined ? 'GET' : 'POST',
    headers,
    body: form === undefined ? null : Buffer.from(form.body),
  };
  const { status, bytes, fault } = await askAddress(url, request, {
    maxBytes: MAX_BYTES,
    timeoutMs: TIMEOUT_MS,
    clock,
    allow,
    wayOut,
  });
  if (status !== 0 && status !== 200) {
    throw new IssuerFault(`${shown} answered with HTTP ${status}`, status);
  }
  if (fault !== '') throw new IssuerFault(`${shown} cannot be asked: ${fault}`);
  return readObject(shown, bytes);
}

function readObject(shown: string, bytes: Buffer): JsonObject {
  let value: Json;
  try {
    value = parseExact(bytes.toString('utf8'));
  } catch {
    throw new IssuerFault(`${shown} is not JSON`);
  }
  if (!isJsonObject(value)) throw new IssuerFault(`${shown} is not an object`);
  return value;
}
