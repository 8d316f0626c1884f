/** A query as the plan of an operation. */
import type { Json, JsonObject } from '../../../kernel/index.ts';
import type { OperationPlan, PaginationPlan } from '../../api/model.ts';
import { visibleText } from '../../api/words/visible-text.ts';
import type { Param } from '../queries/header.ts';
import type { Query } from '../queries/query.ts';
import { schemaOf } from '../queries/types.ts';

const MAX_DESCRIPTION = 2000;
const MAX_PARAM_DESCRIPTION = 500;

const READ_OUTPUT: JsonObject = {
  type: 'object',
  properties: { rows: { type: 'array', items: { type: 'object' } } },
};
const WRITE_OUTPUT: JsonObject = {
  type: 'object',
  properties: {
    affectedRows: { type: 'integer' },
    rows: { type: 'array', items: { type: 'object' } },
  },
};

export function planOf(key: string, { header, name }: Query): OperationPlan {
  const { params, description, effect, page, file } = header;
  const required = params.filter(({ isRequired }) => isRequired);
  const told = description === '' ? `Runs the query ${name}.` : description;
  return {
    key,
    description: visibleText(told).slice(0, MAX_DESCRIPTION),
    input: {
      type: 'object',
      properties: Object.fromEntries(params.map((param) => [param.name, propertyOf(param)])),
      ...(required.length === 0 ? {} : { required: required.map((param) => param.name) }),
      additionalProperties: false,
    },
    listed: null,
    output: file !== null ? null : effect === 'read' ? READ_OUTPUT : WRITE_OUTPUT,
    arguments: params.map((param) => ({
      name: param.name,
      wire: param.name,
      location: 'query',
      isRequired: param.isRequired,
      role: 'value',
    })),
    pagination: page === null ? null : paginationOf(page),
    request: {},
  };
}

function propertyOf({ type, description, defaultValue }: Param): JsonObject {
  const words = visibleText(description).slice(0, MAX_PARAM_DESCRIPTION);
  const more: Record<string, Json> = {};
  if (words !== '') more['description'] = words;
  if (defaultValue !== undefined) more['default'] = defaultValue;
  return { ...schemaOf(type), ...more };
}

function paginationOf(page: NonNullable<Query['header']['page']>): PaginationPlan {
  if (page.style === 'keyset') {
    return { style: 'token', items: 'rows', next: 'next', argument: page.after };
  }
  return {
    style: 'offset',
    items: 'rows',
    argument: page.offset,
    sizeArgument: page.limit,
    first: 0,
  };
}
