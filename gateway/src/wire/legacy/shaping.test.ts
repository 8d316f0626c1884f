import { describe, expect, test } from 'vitest';
import { answerOf, makeCall, makeExchange, SESSION } from '../../../../test/kit/exchange.ts';
import { Refusal, type Era } from '../../kernel/index.ts';
import { createEncode } from '../encode.ts';

const encode = createEncode('{"name":"drawbridge","version":"0"}');

interface Shape {
  readonly revision?: string;
  readonly method?: string;
  readonly era?: Era;
  /** Lists show the tool's output schema with an object around it. */
  readonly wrapsOutput?: boolean;
}

function settledFor(outcome: string, shape: Shape) {
  const { revision = '2025-11-25', method = 'tools/call', era = 'modern', wrapsOutput } = shape;
  const x = makeExchange();
  x.dialect = 'legacy';
  x.rawId = '1';
  x.session = { ...SESSION, revision };
  x.call = makeCall({ method, revision });
  x.target = {
    kind: 'item',
    originalName: 't',
    item: {
      id: { upstream: 'up', kind: 'tool', name: 't' },
      publicName: 't',
      definition: Buffer.from('{}'),
      era,
      headerBindings: [],
      ...(wrapsOutput === undefined ? {} : { wrapsOutput }),
    },
  };
  const settled = encode.settle(x, answerOf(`{"jsonrpc":"2.0","id":9,${outcome}}`, era));
  return { x, settled };
}

/** The result that is sent, as text. */
function sent(result: string, shape: Shape = {}): string {
  const { x, settled } = settledFor(`"result":${result}`, shape);
  const body = encode.answer(x, settled).body.toString();
  expect(() => JSON.parse(body)).not.toThrow();
  return body.slice('{"jsonrpc":"2.0","id":1,"result":'.length, -1);
}

describe('structured results of modern servers are objects', () => {
  const text = '{"type":"text","text":"said"}';

  test.each<[string, string, boolean?]>([
    // What is an object stays byte for byte.
    [
      '{"structuredContent":{ "a":1.0 },"content":[]}',
      '{"structuredContent":{ "a":1.0 },"content":[]}',
    ],
    ['{"content":[]}', '{"content":[]}', true],
    // But not where lists say that there is one around it.
    [
      '{"structuredContent":{"a":1.0},"content":[]}',
      '{"structuredContent":{"result":{"a":1.0}},"content":[]}',
      true,
    ],
    [
      `{"structuredContent":[1e400],"content":[${text}]}`,
      `{"structuredContent":{"result":[1e400]},"content":[${text}]}`,
      true,
    ],
    // What is none is one either way, and is text too where there is no other.
    [
      '{"content":[ ],"structuredContent":"\\u00e9"}',
      '{"content":[ {"type":"text","text":"\\"\\\\u00e9\\""}],"structuredContent":{"result":"\\u00e9"}}',
    ],
    [
      '{"content":[{"type":"image"}],"structuredContent":null}',
      '{"content":[{"type":"image"},{"type":"text","text":"null"}],"structuredContent":{"result":null}}',
    ],
    [
      '{"resultType":"complete","structuredContent":5,"ttlMs":1}',
      '{"content":[{"type":"text","text":"5"}],"structuredContent":{"result":5}}',
    ],
    ['{"structuredContent":5,"content":7}', '{"structuredContent":{"result":5},"content":7}'],
  ])('%s', (result, expected, wrapsOutput = false) => {
    expect(sent(result, { wrapsOutput })).toBe(expected);
  });

  test('those of legacy servers, and of other methods, are left alone', () => {
    const result = '{"structuredContent":5}';
    expect(sent(result, { era: 'legacy' })).toBe(result);
    expect(sent(result, { method: 'vendor/method' })).toBe(result);
  });
});

describe.each(['modern', 'legacy'] as const)('content of %s servers', (era) => {
  const link =
    '{"type":"resource_link","uri":"a:b","name":"n","description":"d","annotations":{"priority":1.0}}';
  const linkText = '{"type":"text","text":"n: a:b\\nd","annotations":{"priority":1.0}}';
  const audio = '{"type":"audio","mimeType":"audio/wav","data":"AAAAAAAA"}';
  const audioText =
    '{"type":"text","text":"[Audio (audio/wav, about 6 bytes), which clients of 2024-11-05 cannot take]"}';
  const rest = '{"type":"image","data":""},{"type":"future"},5';

  test.each([
    ['2025-11-25', link, audio],
    ['2025-06-18', link, audio],
    ['2025-03-26', linkText, audio],
    ['2024-11-05', linkText, audioText],
  ])('for a client of %s', (revision, expectedLink, expectedAudio) => {
    const content = sent(`{"content":[${link}, ${audio},${rest}]}`, { era, revision });
    expect(content).toBe(`{"content":[${expectedLink}, ${expectedAudio},${rest}]}`);
    const messages = (blocks: string[]): string =>
      `{"messages":[${blocks.map((each) => `{"role":"user","content":${each}}`).join(',')}]}`;
    const prompt = sent(messages([link, audio]), { era, revision, method: 'prompts/get' });
    expect(prompt).toBe(messages([expectedLink, expectedAudio]));
  });

  test.each([
    ['{"type":"resource_link","uri":"a:b"}', 'a:b'],
    ['{"type":"resource_link","uri":"a:b","title":"T","name":"n"}', 'T: a:b'],
    [
      '{"type":"audio"}',
      '[Audio (of an unknown type, about 0 bytes), which clients of 2024-11-05 cannot take]',
    ],
  ])('%s', (block, expected) => {
    const result = JSON.parse(sent(`{"content":[${block}]}`, { era, revision: '2024-11-05' }));
    expect(result.content).toEqual([{ type: 'text', text: expected }]);
  });

  test.each([
    '{"content":5}',
    '{"content":[]}',
    '{"contents":[{"type":"audio"}]}',
    '{"messages":[5]}',
  ])('%s is left alone', (result) => {
    expect(sent(result, { era, revision: '2024-11-05' })).toBe(result);
    const shape = { era, revision: '2024-11-05', method: 'prompts/get' };
    expect(sent(result, shape)).toBe(result);
  });

  test('a mirror and older blocks go together', () => {
    const shape = { era: 'modern', revision: '2024-11-05' } as const;
    expect(sent(`{"structuredContent":[],"content":[${audio}]}`, shape)).toBe(
      `{"structuredContent":{"result":[]},"content":[${audioText},{"type":"text","text":"[]"}]}`,
    );
  });
});

describe('an address that has to be opened', () => {
  const error = (data: string): string => `"error":{"code":-32042,"message":"m","data":${data}}`;
  const one = '{"elicitations":[{"mode":"url","url":"https://a.example/x","message":"Sign in"}]}';

  test.each([
    ['2025-11-25', 'tools/call', false],
    ['2025-06-18', 'tools/call', true],
    ['2024-11-05', 'tools/call', true],
    ['2024-11-05', 'prompts/get', false],
  ])('to a client of %s that sent %s', (revision, method, isRefused) => {
    const { x, settled } = settledFor(error(one), { revision, method, era: 'legacy' });
    expect(settled instanceof Refusal).toBe(isRefused);
    const { result } = JSON.parse(encode.answer(x, settled).body.toString());
    const said = { type: 'text', text: expect.stringContaining('https://a.example/x (Sign in)') };
    const refused: unknown = expect.objectContaining({ isError: true, content: [said] });
    expect(result).toEqual(isRefused ? refused : undefined);
  });

  test.each([
    'null',
    '5',
    '{}',
    '{"elicitations":5}',
    '{"elicitations":[null,{"url":5},{"url":"javascript:alert(1)"},{"url":"no"}]}',
    `{"elicitations":[{"url":"https://a.example/${'x'.repeat(3000)}"}]}`,
  ])('%s names none', (data) => {
    const { settled } = settledFor(error(data), { revision: '2025-06-18', era: 'legacy' });
    expect(settled instanceof Refusal && settled.text).toMatch(/names none/);
  });
});
