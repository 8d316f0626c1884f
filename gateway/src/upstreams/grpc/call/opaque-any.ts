/**
 * Values of `google.protobuf.Any` whose type is not described: their bytes are shown as Base64 in
 * `value`, since a whole answer must not be lost for them.
 */
import {
  create,
  fromBinary,
  toBinary,
  type DescField,
  type DescMessage,
  type Message,
  type Registry,
} from '@bufbuild/protobuf';
import { BytesValueSchema } from '@bufbuild/protobuf/wkt';
import { LRUCache } from 'lru-cache';
import { traitsOf } from './traits.ts';

const ANY = 'google.protobuf.Any';
const MAX_DEPTH = 100;
/** Types that are remembered because nobody described them. */
const MAX_OPAQUE = 64;

/** The same types, and for every other name one that holds bytes. */
export function withOpaque(registry: Registry): Registry {
  const opaque = new LRUCache<string, DescMessage>({ max: MAX_OPAQUE });
  const opaqueOf = (typeName: string): DescMessage => {
    const known = opaque.get(typeName) ?? { ...BytesValueSchema, typeName };
    opaque.set(typeName, known);
    return known;
  };
  return {
    kind: 'registry',
    [Symbol.iterator]: () => registry[Symbol.iterator](),
    get: (name) => registry.get(name),
    getMessage: (name) => registry.getMessage(name) ?? opaqueOf(name),
    getEnum: (name) => registry.getEnum(name),
    getExtension: (name) => registry.getExtension(name),
    getExtensionFor: (extendee, no) => registry.getExtensionFor(extendee, no),
    getService: (name) => registry.getService(name),
  };
}

/** Makes a message fit for JSON with the types of `withOpaque`. */
export class OpaqueAnys {
  private readonly registry: Registry;
  private readonly holders = new Map<DescMessage, boolean>();

  constructor(registry: Registry) {
    this.registry = registry;
  }

  /** @throws where what is inside cannot be read as its type says */
  mark(desc: DescMessage, message: Message, depth = 0): void {
    if (!this.holds(desc) || depth > MAX_DEPTH) return;
    if (desc.typeName === ANY) {
      this.markAny(message, depth);
      return;
    }
    for (const field of desc.fields) {
      if (field.message === undefined || !this.holds(field.message)) continue;
      for (const value of valuesOf(field, message)) {
        if (isMessage(value)) this.mark(field.message, value, depth + 1);
      }
    }
  }

  private markAny(any: Message, depth: number): void {
    if (!('typeUrl' in any) || !('value' in any)) return;
    const { typeUrl, value } = any;
    if (typeof typeUrl !== 'string' || !(value instanceof Uint8Array) || typeUrl === '') return;
    const type = this.registry.getMessage(typeUrl.slice(typeUrl.lastIndexOf('/') + 1));
    if (type === undefined) {
      any.value = toBinary(BytesValueSchema, create(BytesValueSchema, { value }));
    } else if (this.holds(type)) {
      const inner = fromBinary(type, value, { recursionLimit: MAX_DEPTH });
      this.mark(type, inner, depth + 1);
      any.value = toBinary(type, inner);
    }
  }

  private holds(desc: DescMessage): boolean {
    let known = this.holders.get(desc);
    if (known === undefined) {
      known = traitsOf(desc).hasAny;
      this.holders.set(desc, known);
    }
    return known;
  }
}

function valuesOf(field: DescField, message: Message): readonly unknown[] {
  if (field.oneof !== undefined) {
    const chosen: unknown = Reflect.get(message, field.oneof.localName);
    const isChosen =
      typeof chosen === 'object' &&
      chosen !== null &&
      'case' in chosen &&
      chosen.case === field.localName;
    return isChosen && 'value' in chosen ? [chosen.value] : [];
  }
  const value: unknown = Reflect.get(message, field.localName);
  if (Array.isArray(value)) return value;
  const isMap = field.fieldKind === 'map' && typeof value === 'object' && value !== null;
  return isMap ? Object.values(value) : [value];
}

function isMessage(value: unknown): value is Message {
  return typeof value === 'object' && value !== null && '$typeName' in value;
}
