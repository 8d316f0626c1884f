import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { loadOfflineSoap } from '../gateway/src/upstreams/index.ts';
import {
  MAX_CALL_MICROSECONDS,
  SLICES,
  runCallBench,
  slicesOf,
  type CallFigure,
} from './in-process.ts';

const CALLS_PER_SLICE = 2000;
const WSDL = fileURLToPath(new URL('../examples/soap/stock.wsdl', import.meta.url));

/** What `soap --help` prints. */
const USAGE = `usage: npm run bench -- soap [--json]

What calls of a SOAP service cost in process, without their way: the message written, signed where it
says so, the answer decoded, cleaned of secrets and read. Least and middle of ${SLICES} slices. Fails where the
middle of a call with a usual answer is above ${MAX_CALL_MICROSECONDS} us.`;

const LINE = { '@unit': 'box', count: 2, sku: 'AB-100' };
const VALUES = { customer: 42, card: 'x', line: [LINE, { ...LINE, sku: 'AB-101' }] };

/** An answer of so many lines. */
function answerOf(lines: number): Buffer {
  const line = '<line unit="box"><t:sku>AB-100</t:sku><t:count>2</t:count></line>';
  return Buffer.from(
    `<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body><PlaceOrderResponse xmlns="urn:example:stock" xmlns:t="urn:example:stock:types"><order>42</order><total>1234567890.10</total>${line.repeat(lines)}</PlaceOrderResponse></s:Body></s:Envelope>`,
  );
}

const LOGIN = { username: 'erp', password: 'swordfish', type: 'digest' } as const;
const CASES = [
  { name: 'a usual answer', lines: 2, login: undefined },
  { name: 'a usual answer, signed with a digest', lines: 2, login: LOGIN },
  { name: 'an answer of 100 lines', lines: 100, login: undefined },
] as const;

/** Runs the command. @returns the exit code */
export function soapBench(args: readonly string[]): Promise<number> {
  return runCallBench(args, USAGE, measured);
}

async function measured(): Promise<readonly CallFigure[]> {
  const open = await loadOfflineSoap();
  const service = open({ location: WSDL, bytes: readFileSync(WSDL) }, (path) => readFileSync(path));
  if (typeof service === 'string') throw new Error(service);
  const operation = service.operations.find(({ title }) => title === 'PlaceOrder');
  const compiled = operation === undefined ? 'no PlaceOrder' : service.callOf(operation);
  if (typeof compiled === 'string') throw new Error(compiled);
  const figures: CallFigure[] = [];
  for (const { name, lines, login } of CASES) {
    const answer = answerOf(lines);
    const us = await slicesOf(CALLS_PER_SLICE, async () => {
      const { kind } = await compiled.call(VALUES, answer, login);
      if (kind !== 'answer') throw new Error(`${name}: the answer was not read`);
    });
    figures.push({ name: `${name} (${answer.length} bytes)`, isUsual: lines < 100, ...us });
  }
  return figures;
}
