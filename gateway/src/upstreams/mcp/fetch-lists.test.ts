import { describe, expect, test } from 'vitest';
import { sendOutcome, startPeer, type PeerRequest } from '../../../../test/kit/http-peer.ts';
import { upstreamWorld } from '../../../../test/kit/upstream-world.ts';
import { Refusal, type Listing } from '../../kernel/index.ts';

const never = new AbortController().signal;
const CAPABILITIES =
  '{"tools":{},"prompts":{},"resources":{"subscribe":true},"extensions":{"a/b":{"x":1.0}}}';

/** Reads the lists of a modern server that answers lists as given. */
async function read(
  list: (request: PeerRequest) => string,
  capabilities = CAPABILITIES,
  signal = never,
): Promise<{ listing: Listing | Refusal; requests: readonly PeerRequest[] }> {
  await using peer = await startPeer((request, response) => {
    const isDiscover = request.message.method === 'server/discover';
    const discovered = `"result":{"resultType":"complete","supportedVersions":["2026-07-28"],"capabilities":${capabilities},"instructions":"do","_meta":{"io.modelcontextprotocol/serverInfo":{"name":"s","v":1.0}}}`;
    const outcome = isDiscover ? discovered : list(request);
    if (outcome !== '') sendOutcome(request, response, outcome);
  });
  await using world = upstreamWorld({ up: { mcp: { url: peer.url, era: '2026-07-28' } } });
  return { listing: await world.room.fetchItems('up', signal), requests: peer.requests };
}

const EMPTY: Record<string, string> = {
  'tools/list': '"result":{"tools":[]}',
  'prompts/list': '"result":{"prompts":[]}',
  'resources/list': '"result":{"resources":[]}',
  'resources/templates/list': '"result":{"resourceTemplates":[]}',
};
const tools = (page: (request: PeerRequest) => string) => (request: PeerRequest) =>
  request.message.method === 'tools/list'
    ? page(request)
    : (EMPTY[request.message.method ?? ''] ?? '');

describe('a list', () => {
  test('keeps the bytes of every definition', async () => {
    const odd = '{"name":"t\\u0065st",\n "x":1.0, "inputSchema":{"a":[9007199254740993]}}';
    const { listing } = await read((request) => {
      switch (request.message.method) {
        case 'tools/list':
          return `"result":{"tools":[${odd}, 7,{"title":"nameless"},{"name":""},{"name":5}]}`;
        case 'prompts/list':
          return '"result":{"prompts":[{"name":"p"}]}';
        case 'resources/list':
          return '"result":{"resources":[{"uri":"a://b","name":"n"}]}';
        default:
          return '"result":{"resourceTemplates":[{"uriTemplate":"a://{x}"}]}';
      }
    });
    if (listing instanceof Refusal) throw new Error(listing.text);
    expect(listing.tools.map(({ name, definition }) => [name, definition.toString()])).toEqual([
      ['test', odd],
    ]);
    expect(listing.prompts.map(({ name }) => name)).toEqual(['p']);
    expect(listing.resources.map(({ name }) => name)).toEqual(['a://b']);
    expect(listing.templates.map(({ name }) => name)).toEqual(['a://{x}']);
    expect(listing).toMatchObject({
      era: 'modern',
      revision: '2026-07-28',
      instructions: 'do',
      serverInfo: '{"name":"s","v":1.0}',
      capabilities: {
        tools: true,
        subscribe: true,
        logging: false,
        extensions: '{"a/b":{"x":1.0}}',
      },
    });
  });

  test('is read to its last page; an empty cursor is one too', async () => {
    const pages = ['"nextCursor":""', '"nextCursor":"b\\u0022"', '"nextCursor":null'];
    let page = 0;
    const { listing, requests } = await read(
      tools(() => `"result":{"tools":[{"name":"t${page}"}],${pages[page++]}}`),
    );
    expect(listing).toMatchObject({ tools: [{ name: 't0' }, { name: 't1' }, { name: 't2' }] });
    const cursors = requests
      .filter(({ message }) => message.method === 'tools/list')
      .map(({ message }) => message.params?.['cursor']);
    expect(cursors).toEqual([undefined, '', 'b"']);
  });

  test('is not asked for where it is not offered', async () => {
    const { listing, requests } = await read(() => '', '{"tools":{}}'.replace('"tools":{}', ''));
    expect(listing).toMatchObject({ tools: [], prompts: [], resources: [], templates: [] });
    expect(requests.map(({ message }) => message.method)).toEqual(['server/discover']);
  });

  test('of templates may be missing', async () => {
    const { listing } = await read(({ message }) =>
      message.method === 'resources/templates/list'
        ? '"error":{"code":-32601,"message":"no"}'
        : (EMPTY[message.method ?? ''] ?? ''),
    );
    expect(listing).toMatchObject({ templates: [] });
  });

  test.each([
    ['the same cursor again', '"result":{"tools":[],"nextCursor":"a"}', 'the same cursor twice'],
    ['no list', '"result":{"tools":{}}', 'without the list "tools"'],
    ['nothing at all', '"result":{}', 'without the list "tools"'],
    ['an error', '"error":{"code":-32601,"message":"no"}', 'the error -32601'],
    [
      'too many items',
      `"result":{"tools":[${Array.from({ length: 10_001 }, (_, n) => `{"name":"${n}"}`).join()}]}`,
      'more than 10000 items',
    ],
    ['invalid JSON', '"result":{"tools":[}', 'not valid JSON'],
    ['the same key twice', '"result":{"tools":[{"name":"a","name":"b"}]}', 'same key twice'],
  ])('that is not valid: %s', async (_name, outcome, words) => {
    const { listing } = await read(tools(() => outcome));
    expect(listing).toMatchObject({ reason: 'upstream_invalid' });
    expect(listing instanceof Refusal && listing.text).toContain(words);
  });

  test('of endless pages', async () => {
    let page = 0;
    const { listing, requests } = await read(
      tools(() => `"result":{"tools":[],"nextCursor":"${page++}"}`),
    );
    expect(listing).toMatchObject({ reason: 'upstream_invalid' });
    expect(requests.filter(({ message }) => message.method === 'tools/list')).toHaveLength(64);
  });

  test('that is too large', async () => {
    let page = 0;
    const fat = 'x'.repeat(12 * 1024 * 1024);
    const { listing } = await read(
      tools(
        () => `"result":{"tools":[{"name":"a","description":"${fat}"}],"nextCursor":"${page++}"}`,
      ),
    );
    expect(listing instanceof Refusal && listing.text).toContain('more than 32 MiB');
    expect(page).toBeLessThanOrEqual(3);
  });

  test('that does not come ends with the signal', async () => {
    const stop = new AbortController();
    const { listing } = await read(
      tools(() => {
        queueMicrotask(() => stop.abort(new Error('late')));
        return '';
      }),
      CAPABILITIES,
      stop.signal,
    );
    expect(listing).toMatchObject({ reason: 'cancelled' });
  });
});
