/** What protoc says: which methods there are, and what messages hold. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { create, fromBinary, toBinary } from '@bufbuild/protobuf';
import {
  DescriptorProtoSchema,
  FieldDescriptorProto_Label,
  FieldDescriptorProto_Type,
  FieldDescriptorProtoSchema,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
  type FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';

const MAX_OUTPUT_BYTES = 1024 ** 3;

export function version(): string {
  const { stdout, error } = spawnSync('protoc', ['--version'], { encoding: 'utf8' });
  if (error !== undefined) throw new Error('protoc is needed: apt install protobuf-compiler');
  return stdout.trim();
}

export interface Compiled {
  readonly files: readonly FileDescriptorProto[];
  /** Why files are not among them. */
  readonly refused: readonly string[];
}

/** Files as protoc reads them, those that it refuses left out. */
export function compile(names: readonly string[], roots: readonly string[]): Compiled {
  const all = run(names, roots);
  if (typeof all !== 'string') return { files: all, refused: [] };
  const files = new Map<string, FileDescriptorProto>();
  const refused: string[] = [];
  for (const name of names) {
    if (files.has(name)) continue;
    const one = run([name], roots);
    if (typeof one === 'string') refused.push(`protoc does not take ${name}: ${one}`);
    else for (const file of one) files.set(file.name, file);
  }
  return { files: [...files.values()], refused };
}

function run(names: readonly string[], roots: readonly string[]): FileDescriptorProto[] | string {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-protoc-'));
  try {
    const out = join(folder, 'set.pb');
    const paths = roots.flatMap((root) => ['-I', root]);
    const args = [...paths, '--include_imports', `--descriptor_set_out=${out}`, ...names];
    const { status, stderr } = spawnSync('protoc', args, { encoding: 'utf8' });
    if (status !== 0)
      return (stderr.split('\n').find((line) => !/warning/i.test(line)) ?? '').trim();
    return readSet(readFileSync(out));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function readSet(bytes: Uint8Array): FileDescriptorProto[] {
  return fromBinary(FileDescriptorSetSchema, bytes).file;
}

export interface DescribedMethod {
  /** `package.Service/Method`. */
  readonly place: string;
  readonly isBidirectional: boolean;
}

export function methodsIn(files: readonly FileDescriptorProto[]): DescribedMethod[] {
  return files.flatMap((file) =>
    file.service.flatMap((service) =>
      service.method.map((method) => ({
        place: `${file.package === '' ? '' : `${file.package}.`}${service.name}/${method.name}`,
        isBidirectional: method.clientStreaming && method.serverStreaming,
      })),
    ),
  );
}

/** Messages of several types in one: each a field of its own, so that protoc is asked once. */
export interface Asked {
  readonly type: string;
  readonly bytes: Uint8Array;
}

const JUDGE = 'drawbridge_judge';

/** @returns what protoc reads of each in text, in their order; why it reads nothing */
export function decodeAll(files: readonly FileDescriptorProto[], asked: readonly Asked[]) {
  const folder = mkdtempSync(join(tmpdir(), 'drawbridge-protoc-'));
  try {
    const set = create(FileDescriptorSetSchema, { file: [...files, wrapper(files, asked)] });
    const path = join(folder, 'set.pb');
    writeFileSync(path, toBinary(FileDescriptorSetSchema, set));
    const input = new BinaryWriter();
    asked.forEach(({ bytes }, at) => input.tag(at + 1, WireType.LengthDelimited).bytes(bytes));
    const args = [`--descriptor_set_in=${path}`, `--decode=${JUDGE}.All`];
    const read = spawnSync('protoc', args, {
      input: input.finish(),
      encoding: 'utf8',
      maxBuffer: MAX_OUTPUT_BYTES,
    });
    if (read.status !== 0) return read.stderr.trim().slice(0, 300);
    return partsOf(read.stdout, asked.length);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wrapper(files: readonly FileDescriptorProto[], asked: readonly Asked[]) {
  return create(FileDescriptorProtoSchema, {
    name: `${JUDGE}.proto`,
    package: JUDGE,
    syntax: 'proto3',
    dependency: files.map(({ name }) => name),
    messageType: [
      create(DescriptorProtoSchema, {
        name: 'All',
        field: asked.map(({ type }, at) =>
          create(FieldDescriptorProtoSchema, {
            name: `m${at + 1}`,
            number: at + 1,
            label: FieldDescriptorProto_Label.OPTIONAL,
            type: FieldDescriptorProto_Type.MESSAGE,
            typeName: `.${type}`,
          }),
        ),
      }),
    ],
  });
}

/** `m7 {`, what is inside, and `}` at the beginning of a line. */
function partsOf(text: string, count: number): string[] {
  const parts = Array.from({ length: count }, () => '');
  let at = -1;
  let lines: string[] = [];
  for (const line of text.split('\n')) {
    const [, no] = /^m(\d+) \{$/.exec(line) ?? [];
    if (no !== undefined) {
      at = Number(no) - 1;
      lines = [];
    } else if (line === '}') parts[at] = lines.join('\n');
    else lines.push(line);
  }
  return parts;
}
