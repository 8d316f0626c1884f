/** What proxies write of those for whom they ask: `X-Forwarded-For`, `X-Forwarded-Proto`, `Forwarded`. */
import { isIP } from 'node:net';
import type { Head } from '../kernel/index.ts';

export type ForwardedHeaders = Head['headers'];

export interface Hops {
  /** From the caller to the last proxy but one; '' where a hop hides its address. */
  readonly addresses: readonly string[];
  /** Every proxy that says so says that it was asked over TLS, and one says so. */
  readonly isSecure: boolean;
}

const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";
/** One pair of an element of `Forwarded` (RFC 7239, section 4). */
const PAIR = new RegExp(`^\\s*(${TOKEN})=(?:(${TOKEN})|"((?:[^"\\\\]|\\\\.)*)")\\s*$`);

export function isForwarded(headers: ForwardedHeaders): boolean {
  return headers['x-forwarded-for'] !== undefined || headers['forwarded'] !== undefined;
}

/**
 * Reads the hops. Where both kinds of headers came, they have to agree on every address: a proxy that
 * writes one kind lets the caller's own header of the other kind pass.
 * @returns words where that is not possible
 */
export function hopsIn(headers: ForwardedHeaders): Hops | string {
  const listed = textOf(headers['x-forwarded-for']);
  const standard = textOf(headers['forwarded']);
  if (listed === undefined && standard === undefined) return { addresses: [], isSecure: false };
  const hops = standard === undefined ? undefined : readForwarded(standard);
  if (typeof hops === 'string') return hops;
  if (listed === undefined) return hops ?? 'it says nothing of the caller';
  const addresses = listed.split(',').map((each) => addressOf(each.trim()));
  if (hops !== undefined && hops.addresses.join() !== addresses.join()) {
    return 'its headers Forwarded and X-Forwarded-For do not agree';
  }
  const written = textOf(headers['x-forwarded-proto']);
  return {
    addresses,
    isSecure: written === undefined ? hops?.isSecure === true : areSecure(written.split(',')),
  };
}

function textOf(value: ForwardedHeaders[string]): string | undefined {
  return value === undefined || typeof value === 'string' ? value : value.join(',');
}

function areSecure(protocols: readonly string[]): boolean {
  return protocols.length > 0 && protocols.every((each) => each.trim().toLowerCase() === 'https');
}

function readForwarded(text: string): Hops | string {
  const addresses: string[] = [];
  const protocols: string[] = [];
  for (const element of splitOutsideQuotes(text, ',')) {
    let address = '';
    for (const pair of splitOutsideQuotes(element, ';')) {
      const [, name = '', token, quoted = ''] = PAIR.exec(pair) ?? [];
      if (name === '') return 'its header Forwarded cannot be read';
      const value = token ?? quoted.replace(/\\(.)/g, '$1');
      if (name.toLowerCase() === 'for') address = addressOf(value);
      if (name.toLowerCase() === 'proto') protocols.push(value);
    }
    addresses.push(address);
  }
  return { addresses, isSecure: areSecure(protocols) };
}

const PARTS = {
  ',': /(?:[^",]|"(?:[^"\\]|\\.)*"?)+/g,
  ';': /(?:[^";]|"(?:[^"\\]|\\.)*"?)+/g,
} as const;

function splitOutsideQuotes(text: string, mark: ',' | ';'): string[] {
  return text.match(PARTS[mark]) ?? [''];
}

/** `203.0.113.7`, `203.0.113.7:4711`, `[2001:db8::1]:4711`, `2001:db8::1`; '' for anything else. */
function addressOf(written: string): string {
  const inner =
    /^\[([^\]]+)\](?::\d{1,5})?$/.exec(written)?.[1] ??
    /^(\d{1,3}(?:\.\d{1,3}){3}):\d{1,5}$/.exec(written)?.[1] ??
    written;
  return isIP(inner) === 0 || inner.includes('%') ? '' : plainAddress(inner);
}

/** An IPv4 address is one, also where a socket writes it as an IPv6 address. */
export function plainAddress(address: string): string {
  const inner = /^::ffff:(\d{1,3}(?:\.\d{1,3}){3})$/i.exec(address)?.[1];
  return inner ?? address;
}
