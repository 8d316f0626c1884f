/** A service that judges shipments and speaks gRPC. */
import { readFileSync } from 'node:fs';
import {
  Metadata,
  Server,
  ServerCredentials,
  status,
  type sendUnaryData,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js';
import protobuf from 'protobufjs';

type Message = Record<string, unknown>;

const PROTO = readFileSync(new URL('risk.proto', import.meta.url), 'utf8');
const PACKAGE = 'harbour.risk.v1';
const MAX_POSITIONS = 100_000;

/** Ships whose watchers went away, as long as this runs. */
export const left: string[] = [];

const root = protobuf.parse(PROTO, new protobuf.Root()).root;
for (const name of ['timestamp', 'duration', 'struct', 'wrappers', 'field_mask']) {
  const known = protobuf.common.get(`google/protobuf/${name}.proto`);
  if (known?.nested !== undefined) root.addJSON(known.nested);
}
root.resolveAll();

function serialize(name: string): (message: Message) => Buffer {
  const type = root.lookupType(`${PACKAGE}.${name}`);
  return (message) => Buffer.from(type.encode(type.fromObject(message)).finish());
}

function deserialize(name: string): (bytes: Buffer) => Message {
  const type = root.lookupType(`${PACKAGE}.${name}`);
  return (bytes) => type.toObject(type.decode(bytes), { longs: String });
}

function definition() {
  const service = root.lookupService(`${PACKAGE}.RiskService`);
  return Object.fromEntries(
    service.methodsArray.map((method) => [
      method.name,
      {
        path: `/${PACKAGE}.RiskService/${method.name}`,
        requestStream: method.requestStream === true,
        responseStream: method.responseStream === true,
        requestSerialize: serialize(method.requestType),
        requestDeserialize: deserialize(method.requestType),
        responseSerialize: serialize(method.responseType),
        responseDeserialize: deserialize(method.responseType),
      },
    ]),
  );
}

type Unary = ServerUnaryCall<Message, Message>;
type Done = sendUnaryData<Message>;

function assess({ request }: Unary, done: Done): void {
  const parcels = Array.isArray(request['parcels']) ? request['parcels'] : [];
  if (parcels.length === 0) {
    done({ ...refused('A shipment has parcels.', 'parcels', 'must hold at least one parcel') });
    return;
  }
  done(null, { level: parcels.length > 1 ? 2 : 1, request, score: '-9007199254740993' });
}

/** 64-bit numbers come as text. */
function numberText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? `${value}` : '0';
}

function missing({ request }: Unary, done: Done): void {
  const details = `No assessment of ${numberText(request['shipmentNumber'])}.`;
  done({ code: status.NOT_FOUND, details });
}

/** A status with `google.rpc.Status` in its trailers: BadRequest, ErrorInfo and RetryInfo. */
function refused(details: string, field: string, description: string) {
  const text = (no: number, value: string | Uint8Array): Buffer => {
    const bytes = Buffer.from(value);
    return Buffer.concat([Buffer.from([no * 8 + 2, bytes.length]), bytes]);
  };
  const any = (type: string, value: Buffer): Buffer =>
    text(3, Buffer.concat([text(1, `type.googleapis.com/google.rpc.${type}`), text(2, value)]));
  const violation = Buffer.concat([text(1, field), text(2, description)]);
  const info = Buffer.concat([text(1, 'NO_PARCELS'), text(2, 'risk.example')]);
  const whole = Buffer.concat([
    Buffer.from([8, status.INVALID_ARGUMENT]),
    any('BadRequest', text(1, violation)),
    any('ErrorInfo', info),
  ]);
  const metadata = new Metadata();
  metadata.set('grpc-status-details-bin', whole);
  return { code: status.INVALID_ARGUMENT, details, metadata };
}

function watch(call: ServerWritableStream<Message, Message>): void {
  const { ship = '', count = 0, everyMs = 0 } = call.request;
  const last = Number(count) === 0 ? MAX_POSITIONS : Number(count);
  let number = 0;
  const timer = setInterval(() => {
    number++;
    call.write({ number, latitude: 54 + number / 1000, longitude: 8.5 });
    if (number < last) return;
    clearInterval(timer);
    call.end();
  }, Number(everyMs));
  call.on('cancelled', () => {
    clearInterval(timer);
    left.push(String(ship));
  });
}

function sum(call: ServerReadableStream<Message, Message>, done: Done): void {
  let count = 0;
  let total = 0n;
  call.on('data', ({ value }: Message) => {
    count++;
    total += BigInt(numberText(value));
  });
  call.on('end', () => done(null, { count, total: String(total) }));
}

export interface Behind {
  stop(): Promise<void>;
  readonly note?: string;
}

/** @param extend adds further services before it listens */
export async function start(extend: (server: Server) => void = () => undefined): Promise<Behind> {
  const server = new Server();
  server.addService(definition(), {
    AssessShipment: assess,
    GetAssessment: missing,
    DeleteAssessment: missing,
    WatchShip: watch,
    ImportReadings: sum,
  });
  extend(server);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  process.env['RISK_URL'] = `grpc://127.0.0.1:${port}`;
  return {
    stop: () => {
      server.forceShutdown();
      return Promise.resolve();
    },
  };
}
