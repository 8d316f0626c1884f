/** Messages as JSON Schema; each is a definition of its own, so that they may hold themselves. */
import { ScalarType, type DescEnum, type DescField, type DescMessage } from '@bufbuild/protobuf';
import type { Comments } from '../source/comments.ts';
import { FeatureSet_FieldPresence as Presence } from '@bufbuild/protobuf/wkt';
import type { JsonObject } from '../../../kernel/index.ts';
import { commentText } from '../index/comment-text.ts';
import { hasBehavior } from '../source/proto-options.ts';
import {
  answeredEnum,
  answeredScalar,
  enumSchema,
  keySchema,
  scalarSchema,
  wellKnownSchema,
} from './scalars.ts';

const MAX_FIELD_TEXT = 400;
const MAX_MESSAGE_TEXT = 300;
/** Definitions of one tool; messages beyond them are told as any object. */
const MAX_DEFINITIONS = 1000;

export class MessageSchemas {
  private readonly names = new Map<string, string>();
  private readonly waiting: DescMessage[] = [];
  private readonly made: Record<string, JsonObject> = {};
  private readonly direction: 'input' | 'output';
  private readonly comments: Comments;

  constructor(direction: 'input' | 'output', comments: Comments) {
    this.direction = direction;
    this.comments = comments;
  }

  /** A value of the message: what JSON writes for it, or a reference to its definition. */
  value(message: DescMessage): JsonObject {
    const known = wellKnownSchema(message);
    if (known !== undefined) return known;
    if (message.fields.length === 0) return { type: 'object', properties: {} };
    const name = this.nameOf(message);
    return name === undefined ? { type: 'object' } : { $ref: `#/$defs/${name}` };
  }

  /** The message itself, its fields as properties. */
  object(message: DescMessage): JsonObject {
    const fields = message.fields.filter((field) => this.isTold(field));
    const properties = fields.map((field) => [field.jsonName, this.field(field)] as const);
    const required = fields.filter((field) => this.isRequired(field)).map((one) => one.jsonName);
    const rule = this.direction === 'input' ? oneofRule(message) : '';
    // Extensions stand in JSON under their full names: "[shop.v1.note]".
    const isExtendable = message.proto.extensionRange.length > 0;
    const isWhole = fields.length === message.fields.length && !isExtendable;
    return {
      type: 'object',
      ...(rule === '' ? {} : { description: rule }),
      properties: Object.fromEntries(properties),
      ...(required.length === 0 ? {} : { required }),
      // What was read may be given back as it was, with what only the server sets.
      ...(isWhole && this.direction === 'input' ? { additionalProperties: false } : {}),
    };
  }

  /** `root` with every definition that it leads to. */
  withDefinitions(root: JsonObject): JsonObject {
    for (let next = this.waiting.pop(); next !== undefined; next = this.waiting.pop()) {
      const name = this.names.get(next.typeName);
      if (name === undefined) continue;
      const text = commentText(this.comments.at(next).leading, MAX_MESSAGE_TEXT);
      const schema = this.object(next);
      const rule = typeof schema['description'] === 'string' ? schema['description'] : '';
      const description = [text, rule].filter((one) => one !== '').join('\n');
      this.made[name] = description === '' ? schema : { ...schema, description };
    }
    return Object.keys(this.made).length === 0 ? root : { ...root, $defs: this.made };
  }

  isTold(field: DescField): boolean {
    return this.direction === 'output' || !hasBehavior(field.proto.options, 'OUTPUT_ONLY');
  }

  isRequired(field: DescField): boolean {
    if (this.direction === 'output') return false;
    return (
      field.presence === Presence.LEGACY_REQUIRED ||
      (field.oneof === undefined && hasBehavior(field.proto.options, 'REQUIRED'))
    );
  }

  field(field: DescField): JsonObject {
    const schema = this.bare(field);
    const own = typeof schema['description'] === 'string' ? schema['description'] : '';
    const { leading, trailing } = this.comments.at(field);
    const text = commentText(leading === '' ? trailing : leading, MAX_FIELD_TEXT);
    const description = [text, own].filter((one) => one !== '').join(' ');
    return {
      ...schema,
      ...(description === '' ? {} : { description }),
      ...defaultOf(field),
      ...(field.deprecated ? { deprecated: true } : {}),
    };
  }

  private bare(field: DescField): JsonObject {
    switch (field.fieldKind) {
      case 'scalar':
        return this.scalar(field.scalar);
      case 'enum':
        return this.named(field.enum);
      case 'message':
        return this.value(field.message);
      case 'list':
        return { type: 'array', items: this.item(field) };
      case 'map': {
        const names = keySchema(field);
        return {
          type: 'object',
          // Said in words, too: not every client is shown what names must be.
          ...(names === undefined ? {} : { propertyNames: names, description: keyWords(field) }),
          additionalProperties: this.item(field),
        };
      }
    }
  }

  private item(field: Extract<DescField, { fieldKind: 'list' | 'map' }>): JsonObject {
    if (field.message !== undefined) return this.value(field.message);
    if (field.enum !== undefined) return this.named(field.enum);
    return this.scalar(field.scalar);
  }

  private scalar(scalar: ScalarType): JsonObject {
    return this.direction === 'output' ? answeredScalar(scalar) : scalarSchema(scalar);
  }

  private named(described: DescEnum): JsonObject {
    return this.direction === 'output' ? answeredEnum(described) : enumSchema(described);
  }

  private nameOf(message: DescMessage): string | undefined {
    const known = this.names.get(message.typeName);
    if (known !== undefined) return known;
    if (this.names.size >= MAX_DEFINITIONS) return undefined;
    const taken = new Set(this.names.values());
    const steps = message.typeName.split('.');
    let name = steps.at(-1) ?? 'Message';
    for (let from = steps.length - 2; taken.has(name) && from >= 0; from--) {
      name = `${steps[from] ?? ''}_${name}`;
    }
    while (taken.has(name)) name = `${name}_`;
    this.names.set(message.typeName, name);
    this.waiting.push(message);
    return name;
  }
}

function keyWords({ mapKey }: Extract<DescField, { fieldKind: 'map' }>): string {
  return mapKey === ScalarType.BOOL ? 'Keys are true and false.' : 'Keys are whole numbers.';
}

function defaultOf(field: DescField): JsonObject {
  if (field.fieldKind !== 'scalar' && field.fieldKind !== 'enum') return {};
  const { proto } = field;
  if (proto.defaultValue === '' || proto.type === 12) return {};
  if (field.fieldKind === 'enum') return { default: proto.defaultValue };
  const value = field.getDefaultValue();
  return typeof value === 'string' || typeof value === 'boolean' ? { default: value } : {};
}

/** `At most one of a, b.`, in the names of the properties. */
export function oneofRule(message: DescMessage): string {
  return message.oneofs
    .filter(({ fields }) => fields.length > 1)
    .slice(0, 20)
    .map(({ fields }) => {
      const names = fields.slice(0, 30).map(({ jsonName }) => jsonName);
      return `At most one of ${names.join(', ')}${fields.length > 30 ? ', …' : ''}.`;
    })
    .join(' ');
}
