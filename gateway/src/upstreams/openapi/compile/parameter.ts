/** One parameter of an operation: how it is sent, and the argument that it is filled from. */
import { cleanText, cutText } from '../../api/words/clean-text.ts';
import { plainVariable } from './path-template.ts';
import { constantOf, described, resolved } from './schema-session.ts';
import { type Json, type JsonObject, ownMember } from '../../../kernel/index.ts';
import type { ParameterView } from '../document.ts';
import type { ParameterData } from '../encode/plan-data.ts';
import type { SchemaSession } from '../schema/index.ts';
import type { ArgumentDraft } from './draft.ts';

/** Longest description of one argument, characters. */
export const MAX_ARGUMENT_TEXT = 600;

/** A parameter that is sent. */
export interface ParameterDraft {
  /** Without the argument's name. */
  readonly data: Omit<ParameterData, 'argument'>;
  readonly argument: ArgumentDraft;
  /** Holds the one value that is possible, which is sent whether it is given or not. */
  readonly constant: readonly Json[];
}

/** A parameter with the schema that its value has. */
export interface ReadParameter {
  readonly parameter: ParameterDraft;
  readonly schema: JsonObject;
}

/** A path parameter is always required. */
export function readPathParameter(view: ParameterView, session: SchemaSession): ReadParameter {
  const draft = readParameter(view, session);
  const data = { ...draft.parameter.data, isRequired: true };
  const argument = draft.parameter.argument;
  return {
    ...draft,
    parameter: {
      ...draft.parameter,
      data,
      argument: { ...argument, isRequired: draft.parameter.constant.length === 0 },
    },
  };
}

/** A variable that the document forgot to declare. */
export function undeclaredVariable(variable: string): ReadParameter {
  const name = plainVariable(variable);
  const schema = { type: 'string' };
  const argument: ArgumentDraft = {
    wire: name,
    title: name,
    location: 'path',
    isRequired: true,
    role: 'value',
    schema,
  };
  const data = {
    name,
    in: 'path',
    style: 'simple',
    explode: false,
    allowReserved: false,
    isRequired: true,
    mediaType: '',
    deepArrays: 'repeat',
  } as const;
  return { parameter: { data, argument, constant: [] }, schema };
}

/** What has only one possible value and must be sent is sent by itself; nobody has to give it. */
export function readParameter(view: ParameterView, session: SchemaSession): ReadParameter {
  const { name, in: location, style, explode, allowReserved, mediaType } = view;
  const isRequired = view.isRequired || location === 'path';
  const added = view.schema === undefined ? { type: 'string' } : session.add(view.schema);
  const schema = resolved(added, session);
  const constant = isRequired ? constantOf(schema) : undefined;
  const data = {
    name,
    in: location,
    style,
    explode,
    allowReserved,
    isRequired,
    mediaType,
    deepArrays: 'repeat',
  } as const;
  const argument: ArgumentDraft = {
    wire: name,
    title: name,
    location,
    isRequired: isRequired && constant === undefined,
    role: 'value',
    schema: described(added, describe(view, schema)),
  };
  return {
    parameter: { data, argument, constant: constant === undefined ? [] : [constant] },
    schema,
  };
}

/** What the document says of it; an example only where it is short and nothing else tells it. */
function describe(view: ParameterView, schema: JsonObject): string {
  const own = view.description.trim();
  const inner = ownMember(schema, 'description');
  const text = cleanText(own === '' && typeof inner === 'string' ? inner : own, MAX_ARGUMENT_TEXT);
  const marked = view.isDeprecated && !/deprecated/i.test(text) ? `Deprecated. ${text}` : text;
  const example = exampleText(view.example);
  const isKnown =
    example === '' || text.includes(example) || ownMember(schema, 'enum') !== undefined;
  return isKnown
    ? marked.trim()
    : cutText(`${marked} Example: ${example}`.trim(), MAX_ARGUMENT_TEXT);
}

function exampleText(example: unknown): string {
  if (typeof example === 'number') return String(example);
  if (typeof example !== 'string') return '';
  const text = example.trim();
  return text.length <= 60 && !text.includes('\n') ? text : '';
}
