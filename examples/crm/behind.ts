/** A CRM with a REST API and a page that uses it: contacts, deals and reports, kept in memory. */
import { readFileSync } from 'node:fs';
import { Refused, serveApi, type ApiRequest, type Routes } from '../rest-api.ts';
import { CrmData, type Stage, STAGES } from './data.ts';

const PAGE = new URL('page.html', import.meta.url);
const MAX_PAGE = 100;

/** Starts the CRM; the configuration finds it by CRM_URL. */
export async function start(): Promise<{ stop(): Promise<void>; readonly note: string }> {
  const api = await serveApi(routes(new CrmData()));
  process.env['CRM_URL'] = api.url;
  return { stop: () => api.stop(), note: `The page of the CRM is at ${api.url}/` };
}

function routes(data: CrmData): Routes {
  return {
    'GET /': () => ({ headers: { 'content-type': 'text/html' }, body: readFileSync(PAGE) }),
    'GET /api/contacts': (request) => pageOf(request, data.contacts(request.query.get('search'))),
    'POST /api/contacts': ({ json }) => ({
      status: 201,
      body: data.addContact(textOf(json, 'name'), textOf(json, 'email')),
    }),
    'GET /api/contacts/{id}': ({ params }) => ({ body: data.contact(idOf(params)) }),
    'PATCH /api/contacts/{id}': ({ params, json }) => ({
      body: data.changeContact(idOf(params), json),
    }),
    'DELETE /api/contacts/{id}': ({ params }) => {
      data.removeContact(idOf(params));
      return { status: 204 };
    },
    'PUT /api/contacts/{id}/photo': ({ params, bytes, headers }) => {
      const type = String(headers['content-type'] ?? '');
      if (!type.startsWith('image/')) throw new Refused(415, 'A photo is an image.');
      data.setPhoto(idOf(params), { type, bytes });
      return { status: 204 };
    },
    'GET /api/contacts/{id}/photo': ({ params }) => {
      const { type, bytes } = data.photo(idOf(params));
      return { headers: { 'content-type': type }, body: bytes };
    },
    'GET /api/deals': (request) => pageOf(request, data.deals(stageOf(request.query.get('stage')))),
    'POST /api/deals': ({ json }) => ({ status: 201, body: data.addDeal(json) }),
    'POST /api/deals/{id}/stage': ({ params, json }) => ({
      body: data.moveDeal(idOf(params), stageOf(textOf(json, 'stage'))),
    }),
    'GET /api/reports/pipeline': () => ({ body: data.pipeline() }),
    'GET /api/reports/activity': () => ({ body: { entries: data.activity() } }),
    'GET /api/reports/deals.csv': () => ({
      headers: {
        'content-type': 'text/csv; charset=utf-8',
        'content-disposition': 'attachment; filename="deals.csv"',
      },
      body: Buffer.from(data.csv()),
    }),
  };
}

/** One page, and where the next one is (RFC 8288). */
function pageOf({ query, url }: ApiRequest, all: readonly unknown[]) {
  const page = Math.max(1, Number(query.get('page') ?? 1) || 1);
  const size = Math.min(MAX_PAGE, Math.max(1, Number(query.get('pageSize') ?? 20) || 20));
  const next = new URL(url);
  next.searchParams.set('page', String(page + 1));
  const headers = page * size < all.length ? { link: `<${next.href}>; rel="next"` } : {};
  return { headers, body: { items: all.slice((page - 1) * size, page * size), total: all.length } };
}

function idOf(params: Readonly<Record<string, string>>): number {
  return Number(params['id']);
}

function stageOf(text: string | null): Stage | undefined {
  const stage = STAGES.find((one) => one === text);
  if (text !== null && stage === undefined) {
    const message = `must be one of ${STAGES.join(', ')}`;
    throw new Refused(422, 'The request is not valid.', { errors: [{ field: 'stage', message }] });
  }
  return stage;
}

function textOf(json: unknown, name: string): string {
  const value: unknown =
    typeof json === 'object' && json !== null ? Reflect.get(json, name) : undefined;
  if (typeof value === 'string' && value !== '') return value;
  const errors = [{ field: name, message: 'must be a text' }];
  throw new Refused(422, 'The request is not valid.', { errors });
}
