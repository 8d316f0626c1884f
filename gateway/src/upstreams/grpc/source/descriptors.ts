/** Descriptors of files as one registry, whatever order they came in. */
import {
  create,
  createFileRegistry,
  fromBinary,
  toBinary,
  type FileRegistry,
} from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  type FileDescriptorProto,
  type FileDescriptorSet,
} from '@bufbuild/protobuf/wkt';
import { ANYWHERE, wellKnownFile } from './well-known-files.ts';

const MAX_FILES = 20_000;
/** Imports of imports; none that people write come near. */
const MAX_DEPTH = 500;

export interface Descriptors {
  readonly registry: FileRegistry;
  /** Imports that nobody has; what used their types is left out. */
  readonly missing: readonly string[];
}

/** @returns words where the bytes are no descriptor set */
export function readSet(bytes: Uint8Array): readonly FileDescriptorProto[] | string {
  try {
    const set = fromBinary(FileDescriptorSetSchema, bytes, { readUnknownFields: true });
    if (set.file.length === 0 || set.file.some((file) => file.name === '')) {
      return 'it is no descriptor set; protoc --include_imports --descriptor_set_out makes one';
    }
    return set.file;
  } catch {
    return 'it is no descriptor set; protoc --include_imports --descriptor_set_out makes one';
  }
}

export function writeSet(files: readonly FileDescriptorProto[]): Buffer {
  return Buffer.from(
    toBinary(FileDescriptorSetSchema, create(FileDescriptorSetSchema, { file: [...files] })),
  );
}

/** Every file once and behind those that it imports, well-known ones among them. */
export function orderFiles(
  files: readonly FileDescriptorProto[],
):
  | { readonly files: readonly FileDescriptorProto[]; readonly missing: readonly string[] }
  | string {
  if (files.length > MAX_FILES) return `there are more than ${MAX_FILES} files`;
  const byName = new Map<string, FileDescriptorProto>();
  for (const file of files) if (!byName.has(file.name)) byName.set(file.name, file);
  const ordered = new Map<string, FileDescriptorProto>();
  const missing = new Set<string>();
  const open = new Set<string>();
  const visit = (name: string, depth: number): string => {
    if (ordered.has(name) || missing.has(name)) return '';
    if (open.has(name)) return `${name} imports itself`;
    if (depth > MAX_DEPTH) return 'its imports nest too deep';
    const file = byName.get(name) ?? wellKnownFile(name);
    if (file === undefined) {
      missing.add(name);
      return '';
    }
    open.add(name);
    for (const next of file.dependency) {
      const why = visit(next, depth + 1);
      if (why !== '') return why;
    }
    open.delete(name);
    ordered.set(name, file);
    return '';
  };
  for (const name of byName.keys()) {
    const why = visit(name, 0);
    if (why !== '') return why;
  }
  return { files: [...ordered.values()], missing: [...missing] };
}

/** @returns words where the descriptors contradict themselves */
export function openRegistry(files: readonly FileDescriptorProto[]): Descriptors | string {
  const ordered = orderFiles([...files, ...ANYWHERE]);
  if (typeof ordered === 'string') return ordered;
  const gone = new Set(ordered.missing);
  const kept = ordered.files.map((file) => withoutImports(file, gone));
  try {
    const registry = createFileRegistry(setOf(kept));
    return { registry, missing: ordered.missing };
  } catch (error) {
    return `its descriptors cannot be used: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function setOf(file: readonly FileDescriptorProto[]): FileDescriptorSet {
  return create(FileDescriptorSetSchema, { file: [...file] });
}

/** Options are named by imports that nothing else needs; a set need not hold them. */
function withoutImports(file: FileDescriptorProto, gone: ReadonlySet<string>): FileDescriptorProto {
  if (!file.dependency.some((name) => gone.has(name))) return file;
  const dependency = file.dependency.filter((name) => !gone.has(name));
  // Positions in the list of imports would point elsewhere now.
  return { ...file, dependency, publicDependency: [], weakDependency: [] };
}
