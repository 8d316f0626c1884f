/** Server reflection for a server of tests. */
import type { Server, ServerDuplexStream } from '@grpc/grpc-js';
import { toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { dirname } from 'node:path';
import protobuf from 'protobufjs';
import { systemClock } from '../../../gateway/src/kernel/index.ts';
import { loadProtoReader } from '../../../gateway/src/upstreams/index.ts';

const SCHEMA = `syntax = "proto3";
message Request { string by_name = 3; string by_symbol = 4; string list = 7; }
message Files { repeated bytes file = 1; }
message Name { string name = 1; }
message Services { repeated Name service = 1; }
message Fault { int32 code = 1; string message = 2; }
message Response { Files files = 4; Services services = 6; Fault fault = 7; }`;

type Message = Record<string, unknown>;

/** Describes the files of a `.proto` at the version of reflection that is asked for, and at no other. */
export function addReflection(server: Server, proto: string, version: 'v1' | 'v1alpha'): void {
  const { root } = protobuf.parse(SCHEMA, { keepCase: true });
  const request = root.lookupType('Request');
  const response = root.lookupType('Response');
  const reading = loadProtoReader().then((readSources) =>
    readSources({
      protos: [proto],
      includes: [],
      descriptors: [],
      directory: dirname(proto),
      clock: systemClock,
    }),
  );
  const answer = async (asked: Message): Promise<Message> => {
    const read = await reading;
    const files = 'files' in read ? read.files : [];
    if (asked['list'] !== '') {
      const service = files.flatMap((file) =>
        file.service.map(({ name }) => ({ name: `${file.package}.${name}` })),
      );
      return { services: { service: [...service, { name: 'grpc.health.v1.Health' }] } };
    }
    const found = files.filter(
      (file) =>
        file.name === asked['by_name'] || String(asked['by_symbol']).startsWith(`${file.package}.`),
    );
    if (found.length === 0) return { fault: { code: 5, message: 'not found' } };
    return { files: { file: found.map((file) => toBinary(FileDescriptorProtoSchema, file)) } };
  };
  const encode = (message: Message): Buffer =>
    Buffer.from(response.encode(response.fromObject(message)).finish());
  const decode = (bytes: Buffer): Message =>
    request.toObject(request.decode(bytes), { defaults: true });
  const method = {
    path: `/grpc.reflection.${version}.ServerReflection/ServerReflectionInfo`,
    requestStream: true,
    responseStream: true,
    requestSerialize: encode,
    requestDeserialize: decode,
    responseSerialize: encode,
    responseDeserialize: decode,
  };
  const serve = (call: ServerDuplexStream<Message, Message>): void => {
    call.on('data', (asked: Message) => void answer(asked).then((told) => call.write(told)));
    call.on('end', () => call.end());
  };
  server.addService({ ServerReflectionInfo: method }, { ServerReflectionInfo: serve });
}
