/** What a server tells of itself: `grpc.reflection`, v1 and before it v1alpha, in one call. */
import { fromBinary } from '@bufbuild/protobuf';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import type { Exchange } from '../call/exchange.ts';
import type { CallStatus } from '../call/status.ts';
import { bytesOf, numberOf, readFields, textOf } from './wire-fields.ts';
import { wellKnownFile } from './well-known-files.ts';

export interface Reflected {
  readonly files: readonly FileDescriptorProto[];
  /** Full names of the services that it offers. */
  readonly services: readonly string[];
  /** Services whose description it does not have. */
  readonly missing: readonly string[];
}

/** Opens a call that streams both ways and ends with `signal`. */
export type OpenStream = (path: string, signal: AbortSignal) => Promise<Exchange>;

const MAX_SERVICES = 2000;
const MAX_QUESTIONS = 10_000;
const MAX_FILES = 5000;
const MAX_BYTES = 64 * 1024 * 1024;
const UNIMPLEMENTED = 12;

/** Fields of ServerReflectionRequest and ServerReflectionResponse. */
const BY_NAME = 3;
const BY_SYMBOL = 4;
const LIST = 7;
const FILES = 4;
const SERVICES = 6;
const FAULT = 7;

const VERSIONS = ['v1', 'v1alpha'] as const;

/** @returns words where it does not describe itself; rejects where it cannot be reached */
export async function reflect(open: OpenStream, signal: AbortSignal): Promise<Reflected | string> {
  let why = '';
  for (const version of VERSIONS) {
    const path = `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`;
    const conversation = new Conversation(await open(path, signal));
    const reflected = await conversation.run();
    if (typeof reflected !== 'string') return reflected;
    why = reflected;
    if (conversation.status?.code !== UNIMPLEMENTED) break;
  }
  return why;
}

class Conversation {
  status: CallStatus | undefined;
  private readonly exchange: Exchange;
  private readonly answers: AsyncGenerator<Uint8Array, CallStatus>;
  private readonly files = new Map<string, FileDescriptorProto>();
  private questions = 0;
  private bytes = 0;

  constructor(exchange: Exchange) {
    this.exchange = exchange;
    this.answers = exchange.messages();
  }

  async run(): Promise<Reflected | string> {
    try {
      return await this.converse();
    } finally {
      this.exchange.cancel();
      await this.answers
        .return({ code: 0, message: '', details: undefined, retryAfterMs: -1 })
        .catch(() => undefined);
    }
  }

  private async converse(): Promise<Reflected | string> {
    const listed = await this.ask(LIST, '*');
    if (typeof listed === 'string') return listed;
    const services = bytesOf(listed, SERVICES)
      .flatMap((list) => bytesOf(readFields(list), 1))
      .map((service) => textOf(readFields(service), 1));
    if (services.length > MAX_SERVICES) return `it has more than ${MAX_SERVICES} services`;
    const missing: string[] = [];
    for (const service of services) {
      if (/^grpc\.(?:reflection|health|channelz)\./.test(service) || this.has(service)) continue;
      const why = await this.fetch(BY_SYMBOL, service);
      if (why === 'not found') missing.push(service);
      else if (why !== '') return why;
    }
    const why = await this.fetchImports();
    return why === '' ? { files: [...this.files.values()], services, missing } : why;
  }

  private has(service: string): boolean {
    return [...this.files.values()].some((file) =>
      file.service.some(
        ({ name }) => (file.package === '' ? name : `${file.package}.${name}`) === service,
      ),
    );
  }

  /** Servers may send a file alone or with all that it imports. */
  private async fetchImports(): Promise<string> {
    const asked = new Set<string>();
    for (;;) {
      const wanted = [...this.files.values()]
        .flatMap((file) => file.dependency)
        .find(
          (name) => !this.files.has(name) && !asked.has(name) && wellKnownFile(name) === undefined,
        );
      if (wanted === undefined) return '';
      asked.add(wanted);
      const why = await this.fetch(BY_NAME, wanted);
      if (why !== '' && why !== 'not found') return why;
    }
  }

  private async fetch(field: number, name: string): Promise<string> {
    const answer = await this.ask(field, name);
    if (typeof answer === 'string') return answer;
    if (bytesOf(answer, FAULT).length > 0) return 'not found';
    for (const list of bytesOf(answer, FILES)) {
      for (const bytes of bytesOf(readFields(list), 1)) {
        const file = readFile(bytes);
        if (file === undefined) return 'a description that it sent cannot be read';
        if (!this.files.has(file.name)) this.files.set(file.name, file);
      }
    }
    return this.files.size > MAX_FILES ? `it has more than ${MAX_FILES} files` : '';
  }

  /** @returns the fields of the answer, or why there is none */
  private async ask(field: number, name: string) {
    if (++this.questions > MAX_QUESTIONS) return 'its description does not end';
    this.exchange.send(
      new BinaryWriter().tag(field, WireType.LengthDelimited).string(name).finish(),
    );
    const next = await this.answers.next();
    if (next.done === true) {
      this.status = next.value;
      return next.value.code === UNIMPLEMENTED
        ? 'it does not describe itself (no server reflection); give protos or descriptors'
        : `it ended the description: ${next.value.message.slice(0, 200)}`;
    }
    this.bytes += next.value.length;
    if (this.bytes > MAX_BYTES) return `its description is longer than ${MAX_BYTES} bytes`;
    const fields = readFields(next.value);
    const [fault] = field === LIST ? bytesOf(fields, FAULT) : [];
    if (fault === undefined) return fields;
    const parts = readFields(fault);
    return `it does not list its services (${numberOf(parts, 1)} ${textOf(parts, 2).slice(0, 200)})`;
  }
}

function readFile(bytes: Uint8Array): FileDescriptorProto | undefined {
  try {
    const file = fromBinary(FileDescriptorProtoSchema, bytes);
    return file.name === '' ? undefined : file;
  } catch {
    return undefined;
  }
}
