/** `.proto` text as its parser gives it. */
import protobuf from 'protobufjs';

/** One file, parsed but not resolved. */
export interface ParsedProto {
  readonly name: string;
  readonly imports: readonly string[];
  readonly root: protobuf.Root;
  readonly package: string;
  /** `proto2`, `proto3` or an edition: `2023`. */
  readonly syntax: string;
}

/** What stands in the file itself, below the namespaces that its package makes. */
export function members(file: ParsedProto): readonly protobuf.ReflectionObject[] {
  let at: protobuf.NamespaceBase = file.root;
  for (const step of file.package === '' ? [] : file.package.split('.')) {
    const next: protobuf.ReflectionObject | null = at.get(step);
    if (!(next instanceof protobuf.Namespace)) return [];
    at = next;
  }
  return at.nestedArray;
}
