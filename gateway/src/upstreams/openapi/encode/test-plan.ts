/** Plans for tests, written by hand. */
import type { OperationPlan } from '../../api/model.ts';
import type { BodyPlan, ParameterData, PartData, RequestPlan } from './plan-data.ts';

export function parameter(over: Partial<ParameterData>): ParameterData {
  return {
    argument: over.name ?? 'id',
    name: 'id',
    in: 'query',
    style: over.in === 'path' || over.in === 'header' ? 'simple' : 'form',
    explode: over.in !== 'path' && over.in !== 'header',
    allowReserved: false,
    isRequired: over.in === 'path',
    mediaType: '',
    deepArrays: 'repeat',
    ...over,
  };
}

export function part(over: Partial<PartData>): PartData {
  return {
    argument: over.name ?? 'part',
    name: 'part',
    isFile: false,
    style: null,
    explode: true,
    allowReserved: false,
    deepArrays: 'repeat',
    contentType: '',
    headers: [],
    ...over,
  };
}

export function body(over: Partial<BodyPlan>): BodyPlan {
  return {
    codec: 'json',
    mediaType: 'application/json',
    isRequired: true,
    argument: '',
    isArguments: false,
    isFile: false,
    parts: [],
    constants: {},
    xml: [],
    ...over,
  };
}

export function planOf(over: Partial<RequestPlan>): OperationPlan {
  const request: RequestPlan = {
    form: 'openapi-request-1',
    method: 'GET',
    server: '',
    path: ['/things'],
    parameters: [],
    reservedNames: [],
    accept: 'application/json',
    body: null,
    ...over,
  };
  return {
    key: 'http:GET /things',
    description: '',
    input: {},
    listed: null,
    output: null,
    arguments: [],
    pagination: null,
    request,
  };
}
