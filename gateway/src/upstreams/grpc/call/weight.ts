/** What a message takes once it is read, told before it is: many small parts take more than their bytes. */
import { ScalarType, type DescField, type DescMessage } from '@bufbuild/protobuf';
import { BinaryReader, WireType } from '@bufbuild/protobuf/wire';

/** About what an object, a value of a field and an item of a packed list take, bytes. */
const MESSAGE = 64;
const FIELD = 16;
const ITEM = 8;
const LONG_ITEM = 32;
const MAX_DEPTH = 100;

/**
 * Weighs messages of one type: at least their bytes, and what their parts take beside these.
 * What is no message weighs what was read of it.
 */
export class Scales {
  private readonly root: DescMessage;
  private readonly fields = new Map<DescMessage, ReadonlyMap<number, DescField>>();

  constructor(root: DescMessage) {
    this.root = root;
  }

  /** @returns a number above `limit` as soon as it is heavier */
  weigh(bytes: Uint8Array, limit: number): number {
    const weighing = new Weighing(bytes, limit, (desc) => this.fieldsOf(desc));
    try {
      weighing.message(this.root, bytes.length, 0);
    } catch {
      // It cannot be read either, and reading says so.
    }
    return weighing.weight;
  }

  private fieldsOf(desc: DescMessage): ReadonlyMap<number, DescField> {
    let fields = this.fields.get(desc);
    if (fields === undefined) {
      fields = new Map(desc.fields.map((field) => [field.number, field]));
      this.fields.set(desc, fields);
    }
    return fields;
  }
}

class Weighing {
  weight: number;
  private readonly reader: BinaryReader;
  private readonly bytes: Uint8Array;
  private readonly limit: number;
  private readonly fieldsOf: (desc: DescMessage) => ReadonlyMap<number, DescField>;

  constructor(
    bytes: Uint8Array,
    limit: number,
    fieldsOf: (desc: DescMessage) => ReadonlyMap<number, DescField>,
  ) {
    this.weight = bytes.length;
    this.reader = new BinaryReader(bytes);
    this.bytes = bytes;
    this.limit = limit;
    this.fieldsOf = fieldsOf;
  }

  message(desc: DescMessage, end: number, depth: number): void {
    const { reader } = this;
    const fields = this.fieldsOf(desc);
    this.weight += MESSAGE;
    while (reader.pos < end && this.weight <= this.limit) {
      const [no, wire] = reader.tag();
      if (wire === WireType.EndGroup) return;
      this.weight += FIELD;
      const field = fields.get(no);
      const isInside = field?.message !== undefined && depth < MAX_DEPTH;
      if (wire === WireType.LengthDelimited) this.delimited(field, isInside, depth);
      else if (wire === WireType.StartGroup && isInside)
        this.message(field.message, end, depth + 1);
      else reader.skip(wire, no);
    }
  }

  private delimited(field: DescField | undefined, isInside: boolean, depth: number): void {
    const { reader } = this;
    const length = reader.uint32();
    const end = Math.min(reader.len, reader.pos + length);
    if (field?.fieldKind === 'map') this.entry(field, end, depth);
    else if (isInside && field?.message !== undefined) this.message(field.message, end, depth + 1);
    else if (field?.fieldKind === 'list') this.items(field, reader.pos, end);
    reader.pos = end;
  }

  private entry(field: Extract<DescField, { fieldKind: 'map' }>, end: number, depth: number): void {
    const { reader } = this;
    this.weight += MESSAGE;
    while (reader.pos < end && this.weight <= this.limit) {
      const [no, wire] = reader.tag();
      this.weight += FIELD;
      if (no !== 2 || wire !== WireType.LengthDelimited || field.message === undefined) {
        reader.skip(wire, no);
        continue;
      }
      const length = reader.uint32();
      const inside = Math.min(reader.len, reader.pos + length);
      if (depth < MAX_DEPTH) this.message(field.message, inside, depth + 1);
      reader.pos = inside;
    }
  }

  /** Packed numbers: one byte may be one of them. */
  private items(field: DescField, start: number, end: number): void {
    const { scalar } = field;
    if (scalar === ScalarType.STRING || scalar === ScalarType.BYTES) return;
    const width = scalar === undefined ? 0 : (WIDTHS.get(scalar) ?? 0);
    let count = width === 0 ? 0 : (end - start) / width;
    // The last byte of each is below 0x80.
    if (width === 0) {
      for (let at = start; at < end; at++) if ((this.bytes[at] ?? 0) < 0x80) count++;
    }
    this.weight += count * (isLong(field) ? LONG_ITEM : ITEM);
  }
}

const WIDTHS: ReadonlyMap<ScalarType, number> = new Map([
  [ScalarType.DOUBLE, 8],
  [ScalarType.FIXED64, 8],
  [ScalarType.SFIXED64, 8],
  [ScalarType.FLOAT, 4],
  [ScalarType.FIXED32, 4],
  [ScalarType.SFIXED32, 4],
]);

const LONG: ReadonlySet<ScalarType> = new Set([
  ScalarType.INT64,
  ScalarType.UINT64,
  ScalarType.SINT64,
  ScalarType.FIXED64,
  ScalarType.SFIXED64,
]);

/** Written as text: enums by name, and 64 bits. */
function isLong({ scalar, enum: named }: DescField): boolean {
  return named !== undefined || (scalar !== undefined && LONG.has(scalar));
}
