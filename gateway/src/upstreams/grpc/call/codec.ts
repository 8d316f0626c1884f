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

export interface Codec {
  /** @returns what cannot be sent, in the names of the arguments */
  encode(values: JsonObject): readonly Uint8Array[] | Extract<Reply, { kind: 'unsendable' }>;
  /** @throws where the bytes are not such a message, or nest too deep */
  decode(bytes: Uint8Array): Json;
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
        if (typeof bytes === 'string' || 'argument' in bytes) return placed(bytes, shape, at);
        made.push(bytes);
      }
      return made;
    },
    decode: (bytes) => {
      const message = fromBinary(output, bytes, {
        readUnknownFields: false,
        recursionLimit: MAX_DEPTH,
      });
      return asJson(toJson(output, message, { registry }));
    },
  };
}

function messagesOf(values: JsonObject, shape: Shape): readonly Json[] {
  if (shape === 'fields') return [values];
  const value = values[shape];
  if (shape === 'messages') return isJsonArray(value) ? value : [];
  return [value ?? null];
}

interface Fault {
  readonly argument: string;
  readonly text: string;
}

function encodeOne(desc: DescMessage, value: Json, registry: Registry): Uint8Array | Fault {
  try {
    const json = plain(value, desc, 0);
    const isLeftOut = json === null && desc.typeName !== 'google.protobuf.Value';
    const message = isLeftOut
      ? create(desc)
      : fromJson(desc, json, { registry, recursionLimit: MAX_DEPTH });
    return toBinary(desc, message);
  } catch (error) {
    return faultOf(error, desc);
  }
}

function faultOf(error: unknown, desc: DescMessage): Fault {
  const text = error instanceof Error ? error.message.slice(0, 300) : String(error);
  const [, told = ''] = /^cannot decode (?:field|oneof) [\w.]*?(\w+) from JSON/.exec(text) ?? [];
  const field = desc.fields.find(({ name }) => name === told);
  return { argument: field?.jsonName ?? '', text: words(text) };
}

/** The library begins with the names of messages and fields, which nobody knows here. */
function words(text: string): string {
  const bare = text
    .replace(/^cannot decode (?:field|oneof|message|enum) [\w.]+ from JSON: /, '')
    .replace(/^cannot decode [^:]{0,200} from JSON:? /, '')
    .replace(/^cannot encode (?:field|message) [\w.]+ to binary: /, '');
  return /[.!?]$/.test(bare) ? bare : `${bare}.`;
}

function placed(fault: Fault, shape: Shape, at: number) {
  const root = shape === 'messages' ? `messages[${at}]` : shape === 'value' ? 'value' : '';
  const place = [root, fault.argument].filter((one) => one !== '').join('.');
  return unsendable(place === '' ? 'The arguments' : place, fault.text);
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

/** `1e3` and `5.0` mean whole numbers, too. */
function whole(text: string): string {
  if (/^-?\d+$/.test(text)) return text;
  const near = Number(text);
  return Number.isSafeInteger(near) ? String(near) : text;
}

function asJson(value: JsonValue): Json {
  return value;
}
