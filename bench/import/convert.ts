/** One document through the gateway's own reader and compiler. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Json, JsonObject } from '../../gateway/src/kernel/index.ts';
import { isObject } from '../../gateway/src/upstreams/api/arguments/kinds.ts';
import { toolOf } from '../../gateway/src/upstreams/api/items.ts';
import type {
  Api,
  ApiIndex,
  Operation,
  OperationPlan,
} from '../../gateway/src/upstreams/api/model.ts';
import { controlSchemas } from '../../gateway/src/upstreams/api/results/controls.ts';
import { compileOperation } from '../../gateway/src/upstreams/openapi/compile/index.ts';
import type { OpenApiDocument } from '../../gateway/src/upstreams/openapi/document.ts';
import { createEncoder } from '../../gateway/src/upstreams/openapi/encode/encoder.ts';
import type {
  HttpRequest,
  Unsendable,
} from '../../gateway/src/upstreams/openapi/encode/request.ts';
import { KEEP_ALL } from '../../gateway/src/upstreams/openapi/operation-filter.ts';
import { readOpenApi } from '../../gateway/src/upstreams/openapi/read.ts';
import { createSchemaConverter } from '../../gateway/src/upstreams/openapi/schema/index.ts';

/** As a gateway has it where nothing is configured. */
const MAX_ITEMS = 1000;

export interface ConvertedTool {
  readonly name: string;
  readonly description: unknown;
  readonly inputSchema: unknown;
  readonly outputSchema?: unknown;
  readonly annotations: unknown;
  /** HTTP method in lower case. */
  readonly _m: string;
  readonly _p: string;
}

/** A document that can be called, without anything behind it. */
export interface OpenedDocument {
  readonly document: OpenApiDocument;
  readonly api: Api;
  /** What a call of the operation would send. @returns words where it cannot be called */
  callOf(key: string):
    | string
    | {
        readonly plan: OperationPlan;
        encode(values: Json): HttpRequest | Unsendable;
      };
}

/**
 * Reads a document; its further files are read from the disk, addresses are never asked.
 * @param keepsPlans whether an operation is compiled once and remembered
 * @throws with the fault's own words where it is none
 */
export async function openDocument(
  location: string,
  bytes: Buffer,
  keepsPlans = true,
): Promise<OpenedDocument> {
  const document = await readOpenApi(
    { location, bytes },
    { overlays: [], load: loadFile, knownNames: new Map(), filter: KEEP_ALL },
  );
  if (!('operations' in document)) throw new Error(document.text);
  const converter = createSchemaConverter(document.resolver);
  const plans = new Map<string, OperationPlan | string>();
  const operations = new Map(document.operations.map((one) => [one.key, one]));
  const plan = (key: string): OperationPlan | string => {
    let known = plans.get(key);
    if (known === undefined) {
      const operation = operations.get(key);
      known =
        operation === undefined
          ? `There is no operation ${key}.`
          : compileOperation(document, operation, converter);
      if (keepsPlans) plans.set(key, known);
    }
    return known;
  };
  return {
    document,
    api: { index: indexOf(document), plan, call: notHere, close: () => Promise.resolve() },
    callOf: (key) => {
      const compiled = plan(key);
      if (typeof compiled === 'string') return compiled;
      const encode = createEncoder(compiled);
      return {
        plan: compiled,
        encode: (values) => encode({ values: objectOf(values), files: new Map() }),
      };
    },
  };
}

/** The tools of a document; a definition is made whenever it is read, and not kept. */
export async function convertDocument(path: string): Promise<{ tools: ConvertedTool[] }> {
  const { api } = await openDocument(pathToFileURL(resolve(path)).href, readFileSync(path), false);
  return { tools: api.index.operations.map((operation) => new LazyTool(operation, api)) };
}

class LazyTool implements ConvertedTool {
  readonly name: string;
  readonly _m: string;
  readonly _p: string;
  private readonly operation: Operation;
  private readonly api: Api;

  constructor(operation: Operation, api: Api) {
    this.operation = operation;
    this.api = api;
    this.name = operation.name;
    this._m = operation.verb.toLowerCase();
    this._p = operation.place;
  }

  get description(): unknown {
    return this.toJSON()['description'];
  }

  get inputSchema(): unknown {
    return this.toJSON()['inputSchema'];
  }

  get annotations(): unknown {
    return this.toJSON()['annotations'];
  }

  toJSON(): JsonObject {
    const { operation, api, _m, _p } = this;
    const plan = api.plan(operation.key);
    if (typeof plan === 'string') return { name: operation.name, _m, _p };
    const settings = {
      controlsFor: (one: OperationPlan) => controlSchemas(one, MAX_ITEMS),
      listsOutput: false,
      profile: 'default' as const,
    };
    return { ...toolOf(operation, plan, settings), _m, _p };
  }
}

function loadFile(location: string): Promise<Buffer | string> {
  try {
    const path = location.startsWith('file:') ? fileURLToPath(location) : location;
    if (/^[a-z]+:\/\//i.test(path)) return Promise.resolve('addresses are not asked here');
    return Promise.resolve(readFileSync(path));
  } catch (error) {
    return Promise.resolve(String(error));
  }
}

function indexOf(document: OpenApiDocument): ApiIndex {
  const { digest, title, apiVersion, description, servers, schemes } = document;
  const { operations, skipped, repairs } = document;
  return {
    kind: 'openapi',
    digest,
    title,
    version: apiVersion,
    description,
    servers,
    schemes,
    operations,
    skipped,
    repairs,
  };
}

function notHere(): Promise<never> {
  return Promise.reject(new Error('Nothing is called here.'));
}

function objectOf(values: Json): JsonObject {
  if (isObject(values)) return values;
  throw new TypeError('Arguments are an object.');
}
