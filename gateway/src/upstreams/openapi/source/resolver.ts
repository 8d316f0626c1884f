/** Follows references between sources that were all read before. */
import type { Repair, SourcePlace } from '../../api/model.ts';
import type { OpenApiVersion, Ref, Resolver } from '../document.ts';
import { absolute, findResources, type Resource } from './anchors.ts';
import { isAddress, resolveLocation, splitReference } from './location.ts';
import { memberOf, referenceOf } from './node.ts';
import { decodeFragment, joinPointer, pointerKeys } from './pointer.ts';
import type { Source, Sources } from './sources.ts';

const MAX_CHAIN = 64;
const MAX_REPAIRS = 2000;
/** Resources of one id that are asked for what another lacks. */
const MAX_CLAIMS = 8;

/** A resource that says it has an id. */
interface Claim {
  readonly source: string;
  readonly resource: Resource;
}

/** A resolver over `sources`; what is repaired is appended to `repairs`, at most 2,000 of them. */
export class SourceResolver implements Resolver {
  readonly version: OpenApiVersion;
  readonly #sources: Sources;
  readonly #repairs: Repair[];
  readonly #reported = new Set<string>();
  readonly #followed = new Map<string, Map<string, Ref | string>>();
  readonly #resources = new Map<string, readonly Resource[]>();
  /** Resources by where they stand, for each source. */
  readonly #byPlace = new Map<string, ReadonlyMap<string, Resource>>();
  #byId: ReadonlyMap<string, readonly Claim[]> | undefined;
  #namesAnything: boolean | undefined;
  /** Of pointers that are followed while pointers are followed. */
  #depth = 0;

  constructor(version: OpenApiVersion, sources: Sources, repairs: Repair[]) {
    this.version = version;
    this.#sources = sources;
    this.#repairs = repairs;
  }

  /** Where the document itself begins. */
  root(): Ref {
    return { node: this.#source('')?.node, source: '', pointer: '#' };
  }

  follow(reference: string, from: Ref): Ref | string {
    const isLocal = reference.startsWith('#') && !this.#hasNames();
    if (!isLocal) return this.#chain(this.#step(reference, from), reference);
    const followed = this.#followed.get(from.source) ?? new Map<string, Ref | string>();
    this.#followed.set(from.source, followed);
    const known = followed.get(reference);
    if (known !== undefined) return known;
    const target = this.#chain(this.#step(reference, from), reference);
    followed.set(reference, target);
    return target;
  }

  settle(ref: Ref): Ref | string {
    const reference = referenceOf(ref.node);
    return reference === undefined ? ref : this.follow(reference, ref);
  }

  child(ref: Ref, ...keys: readonly string[]): Ref {
    let { node } = ref;
    for (const key of keys) node = memberOf(node, key);
    return { node, source: ref.source, pointer: joinPointer(ref.pointer, ...keys) };
  }

  place(ref: Ref): SourcePlace {
    const source = this.#source(ref.source);
    const { pointer } = ref;
    return {
      source: ref.source,
      pointer,
      get line() {
        return source?.lines().lineOf(pointer) ?? 0;
      },
    };
  }

  repaired(what: string, ref: Ref): void {
    const mark = `${ref.source}\n${ref.pointer}\n${what}`;
    if (this.#reported.size >= MAX_REPAIRS || this.#reported.has(mark)) return;
    this.#reported.add(mark);
    this.#repairs.push({ what, at: this.place(ref) });
  }

  #source(id: string): Source | undefined {
    const source = this.#sources.get(id);
    return typeof source === 'string' ? undefined : source;
  }

  /** Follows what stands at the end of a reference while that is one, too. */
  #chain(start: Ref | string, reference: string): Ref | string {
    let at = start;
    for (let hops = 0; hops < MAX_CHAIN && typeof at !== 'string'; hops++) {
      const next = referenceOf(at.node);
      if (next === undefined) return at;
      at = this.#step(next, at);
    }
    return typeof at === 'string' ? at : `The reference "${reference}" leads to itself.`;
  }

  #step(reference: string, from: Ref): Ref | string {
    const [target, fragment] = splitReference(reference);
    if (this.#hasNames()) {
      const found = this.#named(target, fragment, from);
      if (found !== undefined) return found;
    }
    const id = target === '' ? from.source : this.#idOf(target, from);
    const source = this.#sources.get(id);
    if (source === undefined) return `"${target}" was not loaded.`;
    if (typeof source === 'string') return `"${target}" was not loaded: ${source}.`;
    const root: Ref = { node: source.node, source: id, pointer: '#' };
    return this.#inside(root, fragment) ?? `There is nothing at "${reference}".`;
  }

  #idOf(target: string, from: Ref): string {
    const base = this.#source(from.source)?.location ?? '';
    const location = resolveLocation(target, base);
    return location === this.#source('')?.location ? '' : location;
  }

  /** A pointer as written, then with its escapes undone, then through references on its way. */
  #inside(root: Ref, fragment: string): Ref | undefined {
    if (fragment !== '' && !fragment.startsWith('/')) return undefined;
    const written = this.child(root, ...pointerKeys(fragment));
    if (written.node !== undefined) return written;
    const keys = pointerKeys(decodeFragment(fragment));
    const decoded = this.child(root, ...keys);
    return decoded.node === undefined ? this.#through(root, keys) : decoded;
  }

  #through(root: Ref, keys: readonly string[]): Ref | undefined {
    if (this.#depth >= MAX_CHAIN) return undefined;
    this.#depth++;
    let at: Ref | string = root;
    for (const key of keys) {
      const next: Ref = this.child(at, key);
      at = next.node === undefined && referenceOf(at.node) !== undefined ? this.settle(at) : next;
      if (typeof at === 'string') break;
      if (at !== next) at = this.child(at, key);
      if (at.node === undefined) break;
    }
    this.#depth--;
    return typeof at === 'string' || at.node === undefined ? undefined : at;
  }

  /** Whether any source gives names to schemas; nearly none does. */
  #hasNames(): boolean {
    this.#namesAnything ??= this.#sources
      .values()
      .some((source) => typeof source !== 'string' && this.#givesNames(source));
    return this.#namesAnything;
  }

  #givesNames(source: Source): boolean {
    if (!mentionsNames(source.bytes)) return false;
    const [whole, ...others] = this.#resourcesOf(source);
    if (others.length > 0 || memberOf(source.node, '$self') !== undefined) return true;
    return whole !== undefined && whole.anchors.size > 0;
  }

  #named(target: string, fragment: string, from: Ref): Ref | undefined {
    const outer = this.#resourceOf(from);
    if (target === '') return outer && this.#inResource(from.source, outer, fragment);
    for (const { source, resource } of this.#withId(absolute(target, outer?.id ?? ''))) {
      const found = this.#inResource(source, resource, fragment);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #inResource(source: string, resource: Resource, fragment: string): Ref | undefined {
    const anchor = resource.anchors.get(decodeFragment(fragment));
    if (anchor !== undefined) return { ...anchor, source };
    const { node, pointer } = resource;
    return this.#inside({ node, source, pointer }, fragment);
  }

  /** Resources of that id; of many that claim it, the first. */
  #withId(id: string): readonly Claim[] {
    this.#byId ??= this.#indexIds();
    return this.#byId.get(id) ?? [];
  }

  #indexIds(): ReadonlyMap<string, readonly Claim[]> {
    const byId = new Map<string, Claim[]>();
    for (const source of this.#sources.values()) {
      if (typeof source === 'string') continue;
      for (const resource of this.#resourcesOf(source)) {
        const claims = byId.get(resource.id) ?? [];
        byId.set(resource.id, claims);
        if (claims.length < MAX_CLAIMS) claims.push({ source: source.id, resource });
      }
    }
    return byId;
  }

  /** The innermost resource around a place. */
  #resourceOf(ref: Ref): Resource | undefined {
    const source = this.#source(ref.source);
    if (source === undefined) return undefined;
    const byPlace = this.#byPlace.get(source.id) ?? placesOf(this.#resourcesOf(source));
    this.#byPlace.set(source.id, byPlace);
    let { pointer } = ref;
    for (;;) {
      const found = byPlace.get(pointer);
      const cut = pointer.lastIndexOf('/');
      if (found !== undefined || cut < 0) return found;
      pointer = pointer.slice(0, cut);
    }
  }

  #resourcesOf(source: Source): readonly Resource[] {
    let resources = this.#resources.get(source.id);
    if (resources === undefined) {
      const base = isAddress(source.location) ? source.location : absolute(source.location, '');
      resources = findResources(source.node, base);
      this.#resources.set(source.id, resources);
    }
    return resources;
  }
}

function placesOf(resources: readonly Resource[]): ReadonlyMap<string, Resource> {
  return new Map(resources.map((resource) => [resource.pointer, resource]));
}

const NAMES = ['$id', '$anchor', '$dynamicAnchor', '$self'];

function mentionsNames(bytes: Buffer): boolean {
  return NAMES.some((name) => bytes.includes(name));
}
