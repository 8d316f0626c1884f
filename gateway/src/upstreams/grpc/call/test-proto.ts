/** `.proto` text of tests as what calls need of it. */
import { createFileRegistry, create, type DescMethod, type FileRegistry } from '@bufbuild/protobuf';
import { FileDescriptorSetSchema } from '@bufbuild/protobuf/wkt';
import { orderFiles } from '../source/descriptors.ts';
import { Scope } from '../source/proto-scope.ts';
import { parseProto, toDescriptor } from '../source/proto-text.ts';
import { wellKnownFile } from '../source/well-known-files.ts';
import { createCodec, type Codec } from './codec.ts';

export interface TestProto {
  readonly registry: FileRegistry;
  readonly method: DescMethod;
  readonly codec: Codec;
}

/** The first method of the first service; a service is put to text that has none. */
export function openProto(text: string): TestProto {
  const whole = text.includes('service ') ? text : `${text} service S { rpc Do(M) returns (M); }`;
  const parsed = parseProto('test.proto', whole);
  if (typeof parsed === 'string') throw new Error(parsed);
  const scope = new Scope();
  scope.addText(parsed);
  for (const name of parsed.imports) {
    const known = wellKnownFile(name);
    if (known !== undefined) scope.addDescriptor(known);
  }
  const ordered = orderFiles([toDescriptor(parsed, scope)]);
  if (typeof ordered === 'string') throw new Error(ordered);
  const registry = createFileRegistry(
    create(FileDescriptorSetSchema, { file: [...ordered.files] }),
  );
  const [service] = [...registry].filter((each) => each.kind === 'service');
  const [method] = service?.methods ?? [];
  if (method === undefined) throw new Error('no method');
  return { registry, method, codec: createCodec(method, registry) };
}
