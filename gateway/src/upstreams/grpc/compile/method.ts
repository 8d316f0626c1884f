/** One method as a plan: its arguments, its answer, and how they become messages. */
import type { DescField, DescMessage, DescMethod } from '@bufbuild/protobuf';
import type { Comments } from '../source/comments.ts';
import { isJsonObject, type JsonObject } from '../../../kernel/index.ts';
import type { ArgumentPlan, OperationPlan } from '../../api/model.ts';
import { defaultProfile, relaxOutput, trimToBudget } from '../../api/schema/index.ts';
import { commentText } from '../index/comment-text.ts';
import { keyOf, placeOf } from '../index/find-methods.ts';
import { httpRuleIn } from '../source/proto-options.ts';
import { MessageSchemas } from './message-schemas.ts';
import { wellKnownSchema } from './scalars.ts';

/** What one tool may cost in a listing, tokens. */
const MAX_LISTED_TOKENS = 2000;
const MAX_TEXT = 1000;

/** How arguments become the messages of a call. */
export type Shape =
  /** Each argument is a field of the one message. */
  | 'fields'
  /** The argument `value` is the one message. */
  | 'value'
  /** The argument `messages` is a list of messages. */
  | 'messages';

export function shapeOf(method: DescMethod): Shape {
  const { methodKind, input } = method;
  if (methodKind === 'client_streaming' || methodKind === 'bidi_streaming') return 'messages';
  return wellKnownSchema(input) === undefined ? 'fields' : 'value';
}

export function compileMethod(method: DescMethod, comments: Comments): OperationPlan {
  const schemas = new MessageSchemas('input', comments);
  const shape = shapeOf(method);
  const root = schemas.withDefinitions(rootOf(method, shape, schemas));
  const input = defaultProfile(root);
  const properties = isJsonObject(root['properties']) ? root['properties'] : {};
  const required = Array.isArray(root['required']) ? root['required'] : [];
  const telling = tellingFields(method);
  return {
    key: keyOf(method),
    description: describe(method, comments),
    input,
    listed: trimToBudget(input, MAX_LISTED_TOKENS),
    output: outputOf(method, comments),
    arguments: Object.keys(properties).map((name): ArgumentPlan => ({
      name,
      wire: shape === 'fields' ? name : '',
      location: shape !== 'fields' ? 'body' : telling.has(name) ? 'path' : 'body_property',
      isRequired: required.includes(name),
      role: 'value',
    })),
    pagination: paginationOf(method, shape),
    request: { form: 'grpc-request-1', place: placeOf(method), shape },
  };
}

function rootOf(method: DescMethod, shape: Shape, schemas: MessageSchemas): JsonObject {
  const { input } = method;
  if (shape === 'fields') return schemas.object(input);
  const value = schemas.value(input);
  const [name, schema] =
    shape === 'value'
      ? (['value', value] as const)
      : ([
          'messages',
          { type: 'array', items: value, description: 'Sent one after the other.' },
        ] as const);
  const required = shape === 'messages' ? { required: [name] } : {};
  return {
    type: 'object',
    properties: { [name]: schema },
    ...required,
    additionalProperties: false,
  };
}

/** Fields by which something is found: named in the method's address, or called as ids are. */
function tellingFields(method: DescMethod): ReadonlySet<string> {
  const path = httpRuleIn(method.proto.options)?.path ?? '';
  const named = new Set([...path.matchAll(/\{([a-z0-9_]{1,100})[=}]/gi)].map(([, name]) => name));
  const isTelling = ({ name }: DescField): boolean =>
    named.has(name) || /^(?:name|id|key|parent|uid|uuid)$|_(?:id|name|key|uid|uuid)$/.test(name);
  const found = method.input.fields.filter(
    (field) => field.fieldKind === 'scalar' && isTelling(field),
  );
  return new Set(found.map(({ jsonName }) => jsonName));
}

const STREAMS: Readonly<Record<DescMethod['methodKind'], string>> = {
  unary: '',
  server_streaming: 'Returns the messages of a stream as a list.',
  client_streaming: 'Takes a list of messages.',
  bidi_streaming: 'Takes a list of messages and returns those that come back as a list.',
};

function describe(method: DescMethod, comments: Comments): string {
  const text = commentText(comments.at(method).leading, MAX_TEXT);
  const returned = fieldNames(method.output);
  const isList = /server|bidi/.test(method.methodKind);
  return [
    method.deprecated ? 'Deprecated: do not use it where there is another way.' : '',
    text === '' ? `Calls ${placeOf(method)}.` : text,
    STREAMS[method.methodKind],
    returned === '' || isList ? '' : `Returns an object with ${returned}.`,
  ]
    .filter((one) => one !== '')
    .join('\n');
}

function fieldNames({ fields }: DescMessage): string {
  const names = fields.slice(0, 8).map(({ jsonName }) => jsonName);
  return fields.length > 8 ? `${names.join(', ')}, …` : names.join(', ');
}

function outputOf(method: DescMethod, comments: Comments): JsonObject {
  const schemas = new MessageSchemas('output', comments);
  const value = schemas.value(method.output);
  const isList = /server|bidi/.test(method.methodKind);
  return relaxOutput(schemas.withDefinitions(isList ? { type: 'array', items: value } : value));
}

/** `page_token` in and `next_page_token` out, as Google's interfaces and many others have them. */
function paginationOf({ input, output, methodKind }: DescMethod, shape: Shape) {
  if (methodKind !== 'unary' || shape !== 'fields') return null;
  const token = input.fields.find(({ name }) => name === 'page_token');
  const next = output.fields.find(({ name }) => name === 'next_page_token');
  const items = output.fields.find(({ fieldKind }) => fieldKind === 'list');
  if (token === undefined || next === undefined || items === undefined) return null;
  return {
    style: 'token' as const,
    items: `/${items.jsonName}`,
    next: `/${next.jsonName}`,
    argument: token.jsonName,
  };
}
