import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadOfflineSoap } from '../gateway/src/upstreams/index.ts';

const SLICES = 20;
const CALLS_PER_SLICE = 2000;
const MAX_MICROSECONDS = 80;
const WSDL = fileURLToPath(new URL('../examples/soap/stock.wsdl', import.meta.url));

/** What `soap --help` prints. */
const USAGE = `usage: npm run bench -- soap [--json]

What calls of a SOAP service cost in process, without their way: the message written, signed where it
says so, the answer decoded, cleaned of secrets and read. Least and middle of ${SLICES} slices. Fails where the
middle of a call with a usual answer is above ${MAX_MICROSECONDS} us.`;

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
export async function soapBench(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      json: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(`${USAGE}\n`);
    return 0;
  }
  const open = await loadOfflineSoap();
  const service = open({ location: WSDL, bytes: readFileSync(WSDL) }, (path) => readFileSync(path));
  if (typeof service === 'string') throw new Error(service);
  const operation = service.operations.find(({ title }) => title === 'PlaceOrder');
  const compiled = operation === undefined ? 'no PlaceOrder' : service.callOf(operation);
  if (typeof compiled === 'string') throw new Error(compiled);
  const figures = [];
  for (const { name, lines, login } of CASES) {
    const answer = answerOf(lines);
    const us = await slicesOf(async () => {
      const { kind } = await compiled.call(VALUES, answer, login);
      if (kind !== 'answer') throw new Error(`${name}: the answer was not read`);
    });
    figures.push({ name, bytes: answer.length, ...us });
  }
  const ok = figures.slice(0, 2).every(({ middle }) => middle < MAX_MICROSECONDS);
  if (values.json) process.stdout.write(`${JSON.stringify({ ok, figures }, undefined, 2)}\n`);
  else {
    for (const { name, bytes, least, middle } of figures) {
      const told = `least ${least.toFixed(1)}, middle ${middle.toFixed(1)} us CPU per call`;
      process.stdout.write(`${name} (${bytes} bytes): ${told}\n`);
    }
  }
  return ok ? 0 : 1;
}

/** CPU microseconds per call, once everything is warm. */
async function slicesOf(call: () => Promise<void>): Promise<{ least: number; middle: number }> {
  const slices: number[] = [];
  for (let slice = -1; slice < SLICES; slice++) {
    const before = process.cpuUsage();
    for (let index = 0; index < CALLS_PER_SLICE; index++) await call();
    const { user, system } = process.cpuUsage(before);
    if (slice >= 0) slices.push((user + system) / CALLS_PER_SLICE);
  }
  const sorted = slices.toSorted((a, b) => a - b);
  return { least: sorted[0] ?? 0, middle: sorted[Math.floor(SLICES / 2)] ?? 0 };
}
