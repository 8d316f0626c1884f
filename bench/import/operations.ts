/** An independent reading of a document: which operations it has, and what each one needs. */
import { readFileSync } from 'node:fs';
import { load as loadYaml } from 'js-yaml';
import { followed, isTree, listOf, treeOf, type Tree } from './tree.ts';

export interface DeclaredOperation {
  readonly method: string;
  readonly path: string;
  /** Names of required path, query and header parameters that a caller has to give. */
  readonly required: readonly string[];
  /** Parameters outside the body. */
  readonly parameters: readonly string[];
  readonly hasBody: boolean;
}

export interface DeclaredDocument {
  /** `2.0`, `3.0`, `3.1`, `3.2`, or '' where it says nothing of the kind. */
  readonly version: string;
  readonly operations: readonly DeclaredOperation[];
}

const METHODS = [
  'get',
  'put',
  'post',
  'delete',
  'patch',
  'head',
  'options',
  'trace',
  'query',
] as const;
const GATEWAYS_OWN = /^(authorization|content-type|accept)$/i;

export function readDeclared(file: string): DeclaredDocument {
  const root = parse(readFileSync(file, 'utf8').replace(/^\uFEFF/, ''));
  if (!isTree(root)) return { version: '', operations: [] };
  const said = root['openapi'] ?? root['swagger'];
  const version =
    typeof said === 'number' ? said.toFixed(1) : typeof said === 'string' ? said.slice(0, 3) : '';
  const operations: DeclaredOperation[] = [];
  for (const [path, rawItem] of Object.entries(treeOf(root['paths']))) {
    const item = followed(root, rawItem);
    if (!isTree(item)) continue;
    const methods: (readonly [string, unknown])[] = [
      ...METHODS.map((method) => [method, item[method]] as const),
      ...Object.entries(treeOf(item['additionalOperations'])),
    ];
    for (const [method, operation] of methods) {
      if (isTree(operation))
        operations.push(declared(root, item, operation, method.toLowerCase(), path));
    }
  }
  return { version, operations };
}

function declared(
  root: Tree,
  item: Tree,
  operation: Tree,
  method: string,
  path: string,
): DeclaredOperation {
  const found = new Map<string, Tree>();
  for (const raw of [...listOf(item['parameters']), ...listOf(operation['parameters'])]) {
    const one = followed(root, raw);
    if (isTree(one) && typeof one['name'] === 'string') {
      found.set(`${String(one['in'])}:${one['name']}`, one);
    }
  }
  const all = [...found.values()];
  const body = followed(root, operation['requestBody']);
  const content = isTree(body) ? treeOf(body['content']) : {};
  const inBody = (one: Tree): boolean => one['in'] === 'body' || one['in'] === 'formData';
  return {
    method,
    path,
    required: all
      .filter((one) => one['required'] === true && /^(path|query|header)$/.test(String(one['in'])))
      .map((one) => String(one['name']))
      .filter((name) => !GATEWAYS_OWN.test(name)),
    parameters: all.filter((one) => !inBody(one)).map((one) => String(one['name'])),
    hasBody: all.some(inBody) || Object.keys(content).length > 0,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return loadYaml(text);
  }
}
