import { fileURLToPath } from 'node:url';
import { stringifyExact } from '../gateway/src/kernel/index.ts';
import { loadOfflineGrpc } from '../gateway/src/upstreams/index.ts';
import {
  MAX_CALL_MICROSECONDS,
  SLICES,
  runCallBench,
  slicesOf,
  type CallFigure,
} from './in-process.ts';

const CALLS_PER_SLICE = 2000;
const PROTO = fileURLToPath(new URL('../examples/grpc/risk.proto', import.meta.url));
const SERVICE = 'grpc:harbour.risk.v1.RiskService';

/** What `grpc --help` prints. */
const USAGE = `usage: npm run bench -- grpc [--json]

What calls of a gRPC server cost in process, without their way: the message encoded and framed, the
answer read from its frames, cleaned of secrets, weighed, decoded and written as JSON. Least and middle
of ${SLICES} slices. Fails where the middle of a usual call is above ${MAX_CALL_MICROSECONDS} us.`;

const SHIPMENT = {
  shipmentNumber: '9007199254740993',
  valueCents: '18446744073709551615',
  parcels: [{ content: 'rope', weightKg: 1.5, parts: [{ content: 'hook' }] }],
  labels: { fragile: 'no' },
  byLeg: { from: 'Hamburg', to: 'Oslo' },
  departsAt: '2026-01-02T03:04:05.678Z',
  claimed: 'LEVEL_HIGH',
};
const PARCELS = Array.from({ length: 100 }, (_, at) => ({ content: `rope ${at}`, weightKg: at }));

const CASES = [
  { name: 'a usual call', method: 'AssessShipment', values: SHIPMENT, isUsual: true },
  { name: 'a small call', method: 'WatchShip', values: { ship: 'Elbe', count: 3 }, isUsual: true },
  {
    name: 'a call with 100 parcels there and back',
    method: 'AssessShipment',
    values: { ...SHIPMENT, parcels: PARCELS },
    isUsual: false,
  },
] as const;

/** Runs the command. @returns the exit code */
export function grpcBench(args: readonly string[]): Promise<number> {
  return runCallBench(args, USAGE, async () => {
    const figures: CallFigure[] = [];
    for (const one of CASES) figures.push(await measured(one));
    return figures;
  });
}

async function measured(one: (typeof CASES)[number]): Promise<CallFigure> {
  const { name, method, values, isUsual } = one;
  const open = await loadOfflineGrpc();
  const server = await open(PROTO);
  if (typeof server === 'string') throw new Error(server);
  const opened = server.methodOf(`${SERVICE}/${method}`);
  if (typeof opened === 'string') throw new Error(opened);
  const [message = Buffer.alloc(5)] = (await opened.rehearse(values, Buffer.alloc(0))).sent;
  // What was asked comes back as it was understood, as that server answers.
  const answer = method === 'WatchShip' ? positions() : echoOf(message);
  const us = await slicesOf(CALLS_PER_SLICE, async () => {
    const { answered } = await opened.rehearse(values, answer);
    if (stringifyExact(answered).length < 10) throw new Error(`${name}: the answer was not read`);
  });
  const sizes = `${message.length} bytes sent, ${answer.length} answered`;
  return { name: `${name} (${sizes})`, isUsual, ...us };
}

/** `Assessment` with the request as its field 2, and a score. */
function echoOf(message: Buffer): Buffer {
  const request = message.subarray(5);
  const length: number[] = [];
  for (let left = request.length; ; left = Math.floor(left / 128)) {
    length.push(left >= 128 ? (left % 128) + 128 : left);
    if (left < 128) break;
  }
  return framed(
    Buffer.concat([Buffer.from([8, 1, 0x12, ...length]), request, Buffer.from([24, 7])]),
  );
}

/** `Position` with its number and both of its coordinates. */
function positions(): Buffer {
  const position = Buffer.alloc(20);
  position.set([8, 1, 0x11]);
  position.writeDoubleLE(54.001, 3);
  position[11] = 0x19;
  position.writeDoubleLE(8.5, 12);
  return framed(position);
}

function framed(message: Buffer): Buffer {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}
