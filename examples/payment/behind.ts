/** A payment service with an API key: payments, refunds and receipts, kept in memory. */
import { randomUUID } from 'node:crypto';
import { Refused, serveApi, type ApiRequest, type Routes } from '../rest-api.ts';

interface Payment {
  readonly id: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly payee: string;
  readonly reference: string;
  readonly createdAt: string;
  refundedMinor: number;
}

const CURRENCIES = ['EUR', 'USD', 'CHF', 'JPY'];
const MAX_AMOUNT_MINOR = 1_000_000;
const PAGE = 10;

/** Starts the service; the configuration finds it by PAYMENT_URL and PAYMENT_KEY. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  const key = randomUUID();
  const api = await serveApi(routes(new Ledger(), key));
  process.env['PAYMENT_URL'] = api.url;
  process.env['PAYMENT_KEY'] = key;
  return api;
}

function routes(ledger: Ledger, key: string): Routes {
  const guarded = (route: (request: ApiRequest) => object, status = 200) => {
    return (request: ApiRequest) => {
      if (request.headers['x-api-key'] === key) return { status, body: route(request) };
      throw new Refused(401, 'The header X-Api-Key holds no key of this service.');
    };
  };
  return {
    'GET /payments': guarded(({ query }) => ledger.page(query.get('cursor'))),
    'POST /payments': guarded((request) => ledger.pay(request), 201),
    'GET /payments/{id}': guarded(({ params }) => ledger.find(params['id'])),
    'POST /payments/{id}/refunds': guarded(
      ({ params, json }) => ledger.refund(params['id'], json),
      201,
    ),
    'GET /payments/{id}/receipt': (request) => {
      guarded(() => ({}))(request);
      const body = Buffer.from(receiptOf(ledger.find(request.params['id'])));
      return { headers: { 'content-type': 'text/plain; charset=utf-8' }, body };
    },
  };
}

class Ledger {
  private readonly payments: Payment[] = [];
  /** By the caller's idempotency key, so that nothing is paid twice. */
  private readonly byKey = new Map<string, Payment>();

  page(cursor: string | null): object {
    const from = cursor === null ? 0 : Number(Buffer.from(cursor, 'base64url').toString());
    if (!Number.isInteger(from)) throw invalid('cursor', 'was not given out by this service');
    const next = from + PAGE;
    const more = next < this.payments.length;
    return {
      payments: this.payments.slice(from, next),
      ...(more ? { nextCursor: Buffer.from(String(next)).toString('base64url') } : {}),
    };
  }

  find(id = ''): Payment {
    const payment = this.payments.find((one) => one.id === id);
    if (payment === undefined) throw new Refused(404, `There is no payment "${id}".`);
    return payment;
  }

  pay({ json, headers }: ApiRequest): Payment {
    const key = String(headers['idempotency-key'] ?? '');
    const known = this.byKey.get(key);
    if (known !== undefined) return known;
    const payment: Payment = {
      id: `pay_${this.payments.length + 1}`,
      amountMinor: amountOf(json, MAX_AMOUNT_MINOR),
      currency: textOf(json, 'currency'),
      payee: textOf(json, 'payee'),
      reference: textOf(json, 'reference', ''),
      createdAt: new Date().toISOString(),
      refundedMinor: 0,
    };
    if (!CURRENCIES.includes(payment.currency)) {
      throw invalid('currency', `must be one of ${CURRENCIES.join(', ')}`);
    }
    this.payments.push(payment);
    if (key !== '') this.byKey.set(key, payment);
    return payment;
  }

  refund(id: string | undefined, json: unknown): Payment {
    const payment = this.find(id);
    const left = payment.amountMinor - payment.refundedMinor;
    if (left === 0) throw new Refused(409, 'The payment is refunded already.');
    payment.refundedMinor += amountOf(json, left);
    return payment;
  }
}

function receiptOf(payment: Payment): string {
  const amount = (payment.amountMinor / 100).toFixed(2);
  return [
    `Receipt ${payment.id}`,
    `Paid to   ${payment.payee}`,
    `Amount    ${amount} ${payment.currency}`,
    `Reference ${payment.reference}`,
    `Date      ${payment.createdAt}`,
    '',
  ].join('\n');
}

function amountOf(json: unknown, most: number): number {
  const value: unknown = memberOf(json, 'amountMinor');
  if (typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= most) {
    return value;
  }
  throw invalid('amountMinor', `must be a whole number from 1 to ${most}`);
}

function textOf(json: unknown, name: string, otherwise?: string): string {
  const value = memberOf(json, name) ?? otherwise;
  if (typeof value === 'string') return value;
  throw invalid(name, 'must be a text');
}

function memberOf(json: unknown, name: string): unknown {
  return typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
}

function invalid(field: string, message: string): Refused {
  return new Refused(422, 'The request is not valid.', { errors: [{ field, message }] });
}
