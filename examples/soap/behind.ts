/** A warehouse that speaks SOAP, made from its WSDL by a library that the gateway does not use. */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { fileURLToPath } from 'node:url';
import { listen } from 'soap';

const WSDL = fileURLToPath(new URL('stock.wsdl', import.meta.url));
const ARTICLES: Readonly<Record<string, object>> = {
  'AB-100': {
    sku: 'AB-100',
    name: 'Rope & hook <20 m>',
    inStock: '9007199254740993',
    price: '19.90',
    counted: { attributes: { 'xsi:nil': 'true' } },
    place: ['north'],
  },
};

interface Order {
  readonly line: readonly { readonly sku: string; readonly count: number }[] | object;
}

/** Starts the service on a free port; the configuration finds it by STOCK_URL. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  const server = createServer((_request, response) => response.writeHead(404).end());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  await new Promise<void>((resolve) => {
    listen(server, {
      path: '/stock',
      services: { Stock: { StockSoap: { GetArticle: getArticle, PlaceOrder: placeOrder } } },
      xml: readFileSync(WSDL, 'utf8'),
      uri: WSDL,
      callback: () => resolve(),
    });
  });
  process.env['STOCK_URL'] = `http://127.0.0.1:${address.port}/stock`;
  return {
    stop: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

function getArticle({ sku }: { sku: string }): object {
  const article = ARTICLES[sku];
  if (article === undefined) refuse('sku', `There is no article ${sku}.`);
  return { article };
}

function placeOrder(order: Order & { customer: unknown }): object {
  const lines = [order.line].flat();
  const short = lines.find((line) => 'count' in line && Number(line.count) > 100);
  if (short !== undefined) refuse('line', 'At most 100 of one article can be ordered.');
  return { order: String(order.customer), total: '1234567890.10', line: lines };
}

/** A fault of SOAP 1.1 whose detail says which part of the message is wrong. */
function refuse(field: string, why: string): never {
  throw {
    Fault: {
      faultcode: 'soap:Client',
      faultstring: 'The request is not valid.',
      detail: { problem: { field, why } },
      statusCode: 500,
    },
  };
}
