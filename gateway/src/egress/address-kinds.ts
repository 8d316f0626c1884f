/** What an IP address leads to, by the special-purpose registries of IANA (RFC 6890). */
import { isIP } from 'node:net';

export type AddressKind =
  | 'public'
  | 'loopback'
  | 'private'
  | 'link_local'
  | 'shared'
  | 'metadata'
  | 'unspecified'
  | 'multicast'
  | 'reserved';

type Range = readonly [bytes: readonly number[], bits: number, kind: AddressKind];

/** The first row that holds an address says what it is. */
const V4: readonly Range[] = [
  [[169, 254, 169, 254], 32, 'metadata'],
  [[169, 254, 170, 2], 32, 'metadata'],
  [[169, 254, 170, 23], 32, 'metadata'],
  [[169, 254, 42, 42], 32, 'metadata'],
  [[169, 254, 0, 23], 32, 'metadata'],
  [[168, 63, 129, 16], 32, 'metadata'],
  [[100, 100, 100, 200], 32, 'metadata'],
  [[192, 0, 0, 192], 32, 'metadata'],
  [[0], 8, 'unspecified'],
  [[10], 8, 'private'],
  [[100, 64], 10, 'shared'],
  [[127], 8, 'loopback'],
  [[169, 254], 16, 'link_local'],
  [[172, 16], 12, 'private'],
  [[192, 0, 0], 24, 'reserved'],
  [[192, 0, 2], 24, 'reserved'],
  [[192, 88, 99], 24, 'reserved'],
  [[192, 168], 16, 'private'],
  [[198, 18], 15, 'reserved'],
  [[198, 51, 100], 24, 'reserved'],
  [[203, 0, 113], 24, 'reserved'],
  [[224], 4, 'multicast'],
  [[240], 4, 'reserved'],
];

/** Of IPv6 only 2000::/3 is in public use; what is not in this table and not in it is reserved. */
const V6: readonly Range[] = [
  [[0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54], 128, 'metadata'],
  [[0xfd, 0, 0x0e, 0xc2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x23], 128, 'metadata'],
  [[0xfd, 0x20, 0, 0xce, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x02, 0x54], 128, 'metadata'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0], 128, 'unspecified'],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1], 128, 'loopback'],
  [[0xfc], 7, 'private'],
  [[0xfe, 0x80], 10, 'link_local'],
  [[0xfe, 0xc0], 10, 'private'],
  [[0xff], 8, 'multicast'],
  [[0, 0x64, 0xff, 0x9b, 0, 1], 48, 'private'],
  [[0x20, 0x01, 0, 0], 23, 'reserved'],
  [[0x20, 0x01, 0x0d, 0xb8], 32, 'reserved'],
  [[0x3f, 0xff, 0], 20, 'reserved'],
  [[0x20], 3, 'public'],
];

/** IPv6 ranges that only wrap an IPv4 address, and the byte at which it begins. */
const WRAPPED: readonly (readonly [bytes: readonly number[], bits: number, at: number])[] = [
  [[0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff], 96, 12],
  [[0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0], 96, 12],
  [[0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0], 96, 12],
  [[0x20, 0x02], 16, 2],
];

/**
 * @param address an IP address as `isIP` knows it; a zone (`%eth0`) does not matter
 * @returns what it leads to: an IPv6 address that wraps an IPv4 one (mapped, translated, NAT64,
 *   6to4) is what the inner one is. Text that is no address is `reserved`
 */
export function addressKind(address: string): AddressKind {
  const bytes = bytesOf(address);
  return bytes.length === 0 ? 'reserved' : kindOf(bytes);
}

/** Whether an address lies in a range of CIDR form (`10.0.0.0/8`) or is that very address. */
export function isInRange(address: string, range: string): boolean {
  const [base = '', written] = range.split('/', 2);
  const start = bytesOf(base);
  const bytes = bytesOf(address);
  if (bytes.length === 0 || bytes.length !== start.length) return false;
  if (written !== undefined && !/^\d{1,3}$/.test(written)) return false;
  return holds(start, Number(written ?? bytes.length * 8), bytes);
}

function kindOf(bytes: readonly number[]): AddressKind {
  if (bytes.length === 16) {
    const wrapped = WRAPPED.find(([start, bits]) => holds(start, bits, bytes));
    if (wrapped !== undefined) return kindOf(bytes.slice(wrapped[2], wrapped[2] + 4));
  }
  const row = (bytes.length === 4 ? V4 : V6).find(([start, bits]) => holds(start, bits, bytes));
  return row?.[2] ?? (bytes.length === 4 ? 'public' : 'reserved');
}

function holds(start: readonly number[], bits: number, bytes: readonly number[]): boolean {
  for (let at = 0; at * 8 < bits; at++) {
    const left = Math.min(8, bits - at * 8);
    const mask = (0xff << (8 - left)) & 0xff;
    if (((start[at] ?? 0) & mask) !== ((bytes[at] ?? 0) & mask)) return false;
  }
  return true;
}

function bytesOf(address: string): number[] {
  const plain = address.replace(/%.*$/, '');
  const version = isIP(plain);
  if (version === 4) return plain.split('.').map(Number);
  if (version === 0) return [];
  // The URL parser writes an IPv6 address without an embedded dotted quad.
  const host = URL.parse(`http://[${plain}]/`)?.hostname.slice(1, -1) ?? '';
  const [front = '', back] = host.split('::', 2);
  const head = groupsOf(front);
  const tail = groupsOf(back ?? '');
  const middle = Array.from({ length: 16 - head.length - tail.length }, () => 0);
  return [...head, ...middle, ...tail];
}

function groupsOf(text: string): number[] {
  if (text === '') return [];
  return text.split(':').flatMap((group) => {
    const value = Number.parseInt(group, 16);
    return [value >> 8, value & 0xff];
  });
}
