/** Where the operations of a document stand, whatever they say. */
import type { Skipped } from '../../api/model.ts';
import type { Ref, Resolver } from '../document.ts';
import { isMapping, kindOf, memberOf, membersOf, referenceOf } from '../source/node.ts';

export interface FoundOperation {
  /** `http:GET /pets/{id}`, the path as the document has it. */
  readonly key: string;
  /** In capitals where it is one of the specification's. */
  readonly method: string;
  /** Begins with `/`. */
  readonly path: string;
  readonly at: Ref;
  /** The path item and what it refers to, the nearest first. */
  readonly pathItems: readonly Ref[];
}

export interface Findings {
  readonly operations: readonly FoundOperation[];
  readonly skipped: Skipped[];
}

const METHODS: ReadonlySet<string> = new Set([
  'get',
  'put',
  'post',
  'delete',
  'options',
  'head',
  'patch',
  'trace',
  'query',
]);
/** RFC 9110, 5.6.2. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]{1,40}$/;

/** One path: as the document has it, as it is sent, and what describes it. */
interface Path {
  readonly written: string;
  readonly sent: string;
  readonly items: readonly Ref[];
}

/** All operations under `paths`; webhooks and callbacks are no operations of this API. */
export function findOperations(resolver: Resolver, root: Ref, maxOperations: number): Findings {
  const finder = new Finder(resolver);
  finder.readPaths(root, maxOperations);
  return finder;
}

class Finder implements Findings {
  readonly operations: FoundOperation[] = [];
  readonly skipped: Skipped[] = [];
  readonly #resolver: Resolver;
  readonly #keys = new Set<string>();

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  readPaths(root: Ref, maxOperations: number): void {
    const paths = this.#settled(this.#resolver.child(root, 'paths'), 'paths');
    if (paths === undefined || paths.node === undefined || paths.node === null) return;
    if (!isMapping(paths.node)) {
      this.#skip('paths', `It is ${kindOf(paths.node)}; a mapping is needed.`, paths);
      return;
    }
    for (const path of Object.keys(paths.node)) {
      if (path.startsWith('x-') || path === '$ref') continue;
      this.#readPath(this.#resolver.child(paths, path), path);
      if (this.operations.length <= maxOperations) continue;
      this.operations.length = maxOperations;
      const why = `Only the first ${maxOperations} operations of a document are read.`;
      this.#skip('further operations', why, paths);
      return;
    }
  }

  #readPath(own: Ref, written: string): void {
    if (own.node === null) return;
    if (!isMapping(own.node)) {
      this.#skip(written, `It is ${kindOf(own.node)}; a mapping is needed.`, own);
      return;
    }
    const sent = written.startsWith('/') ? written : `/${written}`;
    if (sent !== written) {
      this.#resolver.repaired(`The path "${written}" was read as "${sent}".`, own);
    }
    const path: Path = { written, sent, items: this.#pathItems(own, written) };
    for (const item of path.items) this.#readItem(item, path);
  }

  #readItem(item: Ref, path: Path): void {
    for (const name of Object.keys(item.node ?? {})) {
      const lower = name.toLowerCase();
      if (METHODS.has(lower)) {
        if (lower !== name) {
          this.#resolver.repaired(`The method "${name}" was read as "${lower}".`, item);
        }
        this.#add(this.#resolver.child(item, name), name.toUpperCase(), path);
      } else if (name === 'additionalOperations') {
        for (const [method] of membersOf(memberOf(item.node, name))) {
          this.#addAdditional(this.#resolver.child(item, name, method), method, path);
        }
      }
    }
  }

  /** 3.2: methods for which there is no field; case matters in their names. */
  #addAdditional(at: Ref, method: string, path: Path): void {
    const upper = method.toUpperCase();
    const isFixed = METHODS.has(method.toLowerCase());
    if (isFixed && this.#keys.has(keyOf(upper, path))) {
      const why = 'This method is given in a field of its own.';
      this.#skip(`${method} ${path.written}`, why, at);
    } else if (isFixed) {
      this.#resolver.repaired(`"${method}" was read as the field "${method.toLowerCase()}".`, at);
      this.#add(at, upper, path);
    } else if (TOKEN.test(method) && upper !== 'CONNECT') this.#add(at, method, path);
    else this.#skip(`${method} ${path.written}`, 'It is no method that can be sent.', at);
  }

  #add(at: Ref, method: string, path: Path): void {
    const key = keyOf(method, path);
    if (at.node === null || this.#keys.has(key)) return;
    const what = `${method} ${path.written}`;
    const operation = this.#settled(at, what);
    if (operation === undefined) return;
    if (!isMapping(operation.node)) {
      this.#skip(what, `It is ${kindOf(operation.node)}; a mapping is needed.`, at);
      return;
    }
    this.#keys.add(key);
    const { sent, items } = path;
    this.operations.push({ key, method, path: sent, at: operation, pathItems: items });
  }

  /** A path item and what it refers to; its own members go before those it refers to. */
  #pathItems(own: Ref, path: string): readonly Ref[] {
    const reference = referenceOf(own.node);
    if (reference === undefined) return [own];
    const target = this.#resolver.follow(reference, own);
    if (typeof target !== 'string') return [own, target];
    this.#skip(path, target, own);
    return [own];
  }

  #settled(ref: Ref, what: string): Ref | undefined {
    const target = this.#resolver.settle(ref);
    if (typeof target !== 'string') return target;
    this.#skip(what, target, ref);
    return undefined;
  }

  #skip(what: string, why: string, at: Ref): void {
    this.skipped.push({ what, why, at: this.#resolver.place(at) });
  }
}

function keyOf(method: string, path: Path): string {
  return `http:${method} ${path.written}`;
}
