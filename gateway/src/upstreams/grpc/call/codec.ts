/** Arguments as messages, and messages as JSON. */
import {
  create,
  fromBinary,
  fromJson,
  toBinary,
  toJson,
  type DescMessage,
  type DescMethod,
  type JsonValue,
  type Registry,
} from '@bufbuild/protobuf';
import {
  ExactNumber,
  isJsonArray,
  isJsonObject,
  type Json,
  type JsonObject,
} from '../../../kernel/index.ts';
import type { Reply } from '../../api/model.ts';
import { shapeOf, type Shape } from '../compile/method.ts';
import { ExactFloats } from './exact-floats.ts';
import { misfitIn, type Misfit } from './misfit.ts';
import { OpaqueAnys, withOpaque } from './opaque-any.ts';
import { traitsOf } from './traits.ts';
import { Scales } from './weight.ts';

export interface Codec {
  /** @returns what cannot be sent, in the names of the arguments */
  encode(values: JsonObject): readonly Uint8Array[] | Extract<Reply, { kind: 'unsendable' }>;
  /** @throws where the bytes are not such a message, or nest too deep */
  decode(bytes: Uint8Array): Json;
  /** About what a message takes once it is read, bytes; above `limit` as soon as it is more. */
  weigh(bytes: Uint8Array, limit: number): number;
}

/** As deep as other implementations go. */
const MAX_DEPTH = 100;
const MAX_MESSAGES = 100_000;

export function createCodec(method: DescMethod, registry: Registry): Codec {
  const shape = shapeOf(method);
  const { input, output } = method;
  return {
    encode: (values) => {
      const messages = messagesOf(values, shape);
      if (messages.length > MAX_MESSAGES) {
        return unsendable('messages', `at most ${MAX_MESSAGES} messages are sent in one call.`);
      }
      const made: Uint8Array[] = [];
      for (const [at, message] of messages.entries()) {
        const bytes = encodeOne(input, message, registry);
        if ('text' in bytes) return placed(bytes, shape, at);
        made.push(bytes);
      }
      return made;
    },
    decode: decoderOf(output, registry),
    weigh: weigherOf(output),
  };
}

function weigherOf(output: DescMessage): Codec['weigh'] {
  const scales = new Scales(output);
  return (bytes, limit) => scales.weigh(bytes, limit);
}

function decoderOf(output: DescMessage, registry: Registry): Codec['decode'] {
  const { hasAny, hasFloats, isExtendable } = traitsOf(output);
  const anys = hasAny ? new OpaqueAnys(registry) : undefined;
  const floats = hasFloats ? new ExactFloats() : undefined;
  const written = { registry: hasAny ? withOpaque(registry) : registry };
  const read = { readUnknownFields: isExtendable, recursionLimit: MAX_DEPTH };
  return (bytes) => {
    const message = fromBinary(output, bytes, read);
    anys?.mark(output, message);
    const json = toJson(output, message, written);
    return floats === undefined ? json : floats.fix(output, json);
  };
}

function messagesOf(values: JsonObject, shape: Shape): readonly Json[] {
  if (shape === 'fields') return [values];
  const value = values[shape];
  if (shape === 'messages') return isJsonArray(value) ? value : [];
  return [value ?? null];
}

function encodeOne(desc: DescMessage, value: Json, registry: Registry): Uint8Array | Misfit {
  let json: JsonValue = null;
  try {
    json = plain(value, desc, 0);
    const isLeftOut = json === null && desc.typeName !== 'google.protobuf.Value';
    const message = isLeftOut
      ? create(desc)
      : fromJson(desc, json, { registry, recursionLimit: MAX_DEPTH });
    return toBinary(desc, message);
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    return misfitIn(desc, json, text, registry);
  }
}

function placed(misfit: Misfit, shape: Shape, at: number) {
  const root = shape === 'messages' ? `messages[${at}]` : shape === 'value' ? 'value' : '';
  const place = [root, misfit.place].filter((one) => one !== '').join('.');
  return unsendable(place === '' ? 'The arguments' : place, misfit.text);
}

function unsendable(argument: string, text: string): Extract<Reply, { kind: 'unsendable' }> {
  return { kind: 'unsendable', argument, text };
}

/** Where numbers are numbers of JSON and nothing else. */
const OPEN = /^google\.protobuf\.(?:Struct|Value|ListValue)$/;

/** Exact numbers as text, which every field of numbers takes; as JavaScript has them where JSON is open. */
function plain(value: Json, desc: DescMessage | undefined, depth: number): JsonValue {
  if (value instanceof ExactNumber) {
    return desc !== undefined && OPEN.test(desc.typeName) ? Number(value.text) : whole(value.text);
  }
  if (typeof value !== 'object' || value === null) return value;
  if (depth > MAX_DEPTH) throw new Error(`it nests more than ${MAX_DEPTH} deep`);
  if (isJsonArray(value)) return value.map((each) => plain(each, desc, depth + 1));
  if (!isJsonObject(value)) return null;
  const isOpen = desc !== undefined && OPEN.test(desc.typeName);
  const made = emptyObject();
  for (const [name, each] of Object.entries(value)) {
    const isBare = typeof each !== 'object' || each === null;
    made[name] = isBare
      ? each
      : isOpen
        ? plain(each, desc, depth + 1)
        : member(each, desc, name, depth);
  }
  return made;
}

function member(
  value: Json,
  desc: DescMessage | undefined,
  name: string,
  depth: number,
): JsonValue {
  const field = desc?.fields.find((each) => each.jsonName === name || each.name === name);
  if (field?.fieldKind !== 'map' || !isJsonObject(value) || value instanceof ExactNumber) {
    return plain(value, field?.message, depth + 1);
  }
  const made = emptyObject();
  for (const [key, each] of Object.entries(value)) {
    made[key] = plain(each, field.message, depth + 2);
  }
  return made;
}

/** Without a prototype: names come from callers. */
function emptyObject(): Record<string, JsonValue> {
  const made: Record<string, JsonValue> = {};
  Object.setPrototypeOf(made, null);
  return made;
}

const DECIMAL = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d{1,3}))?$/;
/** No integer has more digits than this in front of its zeros. */
const MAX_ZEROS = 30;

/** `1e19` and `5.0` mean whole numbers, too. */
function whole(text: string): string {
  const [, sign = '', before = '', behind = '', exponent = '0'] = DECIMAL.exec(text) ?? [];
  const digits = before + behind;
  const zeros = Number(exponent) - behind.length;
  if (digits === '' || zeros > MAX_ZEROS) return text;
  if (zeros >= 0) return sign + digits + '0'.repeat(zeros);
  const isWhole = /^0+$/.test(digits.slice(zeros));
  return isWhole ? sign + (digits.slice(0, zeros) || '0') : text;
}
