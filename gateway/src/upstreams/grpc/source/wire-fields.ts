/** Single fields of a message, read without a descriptor: options, and details of a status. */
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

export interface WireField {
  readonly no: number;
  /** A varint as it is; 0 for everything else. */
  readonly number: number;
  /** What has a length; empty for everything else. */
  readonly bytes: Uint8Array;
}

/** More fields than any message has that is read so. */
const MAX_FIELDS = 10_000;
const NONE = new Uint8Array();

/** @returns fields in their order; those before the first fault where it is no message */
export function readFields(bytes: Uint8Array): WireField[] {
  const fields: WireField[] = [];
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len && fields.length < MAX_FIELDS) {
      const [no, wire] = reader.tag();
      if (wire === WireType.Varint) {
        fields.push({ no, number: Number(reader.uint64()), bytes: NONE });
      } else if (wire === WireType.LengthDelimited) {
        fields.push({ no, number: 0, bytes: reader.bytes() });
      } else reader.skip(wire, no);
    }
  } catch {
    // A server may send anything; what could be read is told.
  }
  return fields;
}

/** The last text of a field; '' where there is none. */
export function textOf(fields: readonly WireField[], no: number): string {
  const found = fields.findLast((field) => field.no === no);
  return found === undefined ? '' : Buffer.from(found.bytes).toString('utf8');
}

/** The last number of a field; 0 where there is none. */
export function numberOf(fields: readonly WireField[], no: number): number {
  return fields.findLast((field) => field.no === no)?.number ?? 0;
}

export function bytesOf(fields: readonly WireField[], no: number): Uint8Array[] {
  return fields.filter((field) => field.no === no).map((field) => field.bytes);
}
