/** An API that takes nothing but XML: what it is sent, and what of it a caller has to know. */
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startGateway } from '../../kit/gateway.ts';
import { callerOf, WAYS } from './world.ts';

const DOCUMENT = `openapi: 3.0.3
info: { title: Warehouse, version: '1' }
paths:
  /shipments:
    post:
      operationId: sendShipment
      requestBody:
        required: true
        content:
          application/xml: { schema: { $ref: '#/components/schemas/Shipment' } }
      responses: { '202': { description: Taken. } }
  /labels:
    put:
      operationId: printLabels
      requestBody:
        content:
          text/xml:
            schema: { type: array, items: { type: string, xml: { name: label } }, xml: { name: labels } }
      responses: { '202': { description: Taken. } }
components:
  schemas:
    Shipment:
      type: object
      required: [id]
      xml: { name: shipment, namespace: 'urn:warehouse' }
      properties:
        id: { type: integer, format: int64, xml: { attribute: true } }
        lang: { type: string, xml: { attribute: true, name: lang, prefix: l, namespace: 'urn:lang' } }
        boxes:
          type: array
          xml: { name: boxes, wrapped: true }
          items: { $ref: '#/components/schemas/Box' }
        remarks: { type: array, items: { type: string }, xml: { name: remark } }
        carrier:
          type: object
          xml: { prefix: c, namespace: 'urn:carrier' }
          properties:
            name: { type: string, xml: { prefix: c, namespace: 'urn:carrier' } }
    Box:
      type: object
      xml: { name: box }
      properties:
        weight: { type: number, xml: { attribute: true } }
        isFragile: { type: boolean, xml: { name: fragile } }
`;

const SHIPMENT = {
  id: 7,
  lang: 'de "AT"\nnext',
  boxes: [{ weight: 1.5, isFragile: true }, { weight: 2 }],
  remarks: ['<b>& "more" ]]></b>', 'snow: ☃'],
  carrier: { name: 'Fäst & Co' },
};

const SHIPMENT_XML =
  '<?xml version="1.0" encoding="UTF-8"?>' +
  '<shipment xmlns="urn:warehouse" id="7" xmlns:l="urn:lang" l:lang="de &quot;AT&quot;&#10;next">' +
  '<boxes><box weight="1.5"><fragile>true</fragile></box><box weight="2"></box></boxes>' +
  '<remark>&lt;b&gt;&amp; "more" ]]&gt;&lt;/b&gt;</remark><remark>snow: ☃</remark>' +
  '<c:carrier xmlns:c="urn:carrier"><c:name xmlns:c="urn:carrier">Fäst &amp; Co</c:name></c:carrier>' +
  '</shipment>';

interface Sent {
  readonly line: string;
  readonly type: string;
  readonly body: string;
}

async function startWarehouse(): Promise<{ readonly url: string; readonly sent: Sent[] }> {
  const sent: Sent[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const { method, url, headers } = request;
      const body = Buffer.concat(chunks).toString();
      sent.push({ line: `${method} ${url}`, type: headers['content-type'] ?? '', body });
      response.writeHead(202, { 'content-type': 'application/xml' }).end('<taken at="9">1</taken>');
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  return { url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`, sent };
}

async function world() {
  const folder = await mkdtemp(join(tmpdir(), 'drawbridge-xml-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const document = join(folder, 'warehouse.yaml');
  await writeFile(document, DOCUMENT);
  const { url, sent } = await startWarehouse();
  const gateway = await startGateway({
    upstreams: { warehouse: { openapi: { document, url } } },
    policy: { default: 'allow', rules: [] },
  });
  onTestFinished(() => gateway.close());
  return { gateway, sent };
}

test.each(WAYS)('arguments become attributes, elements and namespaces: %s', async (way) => {
  const { gateway, sent } = await world();
  await using caller = await callerOf(way, gateway);
  const told = await caller.call('warehouse__send_shipment', SHIPMENT);
  expect(told).toMatchObject({ isError: false, text: expect.stringContaining('<taken at="9">') });
  expect(sent).toEqual([{ line: 'POST /shipments', type: 'application/xml', body: SHIPMENT_XML }]);
});

test('a list that is the whole body stands in its root; what is no argument is refused', async () => {
  const { gateway, sent } = await world();
  await using caller = await callerOf('modern', gateway);
  await caller.call('warehouse__print_labels', { body: ['a', 'b & c'] });
  expect(sent).toEqual([
    {
      line: 'PUT /labels',
      type: 'text/xml',
      body: '<?xml version="1.0" encoding="UTF-8"?><labels><label>a</label><label>b &amp; c</label></labels>',
    },
  ]);
  const refused = await caller.call('warehouse__send_shipment', { id: 'seven' });
  expect(refused).toMatchObject({ isError: true, text: expect.stringContaining('id') });
  expect(sent).toHaveLength(1);
});
