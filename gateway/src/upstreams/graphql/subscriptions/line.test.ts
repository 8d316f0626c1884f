import { describe, expect, test } from 'vitest';
import { ManualClock } from '../../../../../test/kit/manual-clock.ts';
import { scanJson } from '../../../kernel/index.ts';
import type { FeedEars } from '../../feeds/contract.ts';
import { SCAN, type Connect, type Hearing } from './connection.ts';
import { openLine } from './line.ts';

function world(count = 1) {
  const clock = new ManualClock();
  const heard: string[] = [];
  const opened: { readonly way: number; readonly hearing: Hearing }[] = [];
  let closed = 0;
  const ears: FeedEars = {
    event: (members) => heard.push(members),
    dropped: () => heard.push('(dropped)'),
    become: (state, why) => heard.push(`(${state}${why === '' ? '' : ` ${why}`})`),
    missed: () => heard.push('(missed)'),
  };
  const ways = Array.from({ length: count }, (_each, way): Connect => (_wanted, hearing) => {
    opened.push({ way, hearing });
    return () => closed++;
  });
  const clean = (text: string): string => text.replaceAll('123456', '[secret]');
  const settings = { ways, clock, host: 'shop', clean };
  const close = openLine(settings, { payload: '{}', principal: undefined }, ears);
  const last = (): Hearing => {
    const one = opened.at(-1);
    if (one === undefined) throw new Error('nothing was opened');
    return one.hearing;
  };
  const send = (text: string): void => {
    const view = scanJson(Buffer.from(text), SCAN);
    if ('fault' in view) throw new Error(text);
    last().result(view, 0);
  };
  return { clock, heard, opened, last, send, close, closed: () => closed };
}

describe('results', () => {
  test('are kept as they were written, data and errors', () => {
    const { send, heard } = world();
    send('{"data": {"n": 9007199254740993, "x": 1.10}, "extensions": {}}');
    send('{"errors":[{"message":"no"}],"data":null}');
    send('{"extensions":{}}');
    expect(heard).toEqual([
      '"data":{"n": 9007199254740993, "x": 1.10}',
      '"data":null,"errors":[{"message":"no"}]',
      '(dropped)',
    ]);
  });

  test('lose credentials, and are dropped where that leaves no JSON', () => {
    const { send, heard } = world();
    send('{"data":"it is 123456"}');
    send('{"data":123456}');
    expect(heard).toEqual(['"data":"it is [secret]"', '(dropped)']);
  });
});

describe('what is lost', () => {
  test('is opened again, later and later, and from the start after a good while', async () => {
    const { clock, heard, opened, last } = world();
    last().up();
    last().ended({ how: 'lost', why: 'the connection was closed' });
    expect(heard).toEqual([
      '(open)',
      '(missed)',
      '(waiting shop: the connection was closed. It is tried again.)',
    ]);
    await clock.advance(1000);
    expect(opened).toHaveLength(2);
    for (const [at, stepMs] of [2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000].entries()) {
      last().ended({ how: 'lost', why: 'no connection' });
      await clock.advance(stepMs / 2 - 1);
      expect(opened).toHaveLength(at + 2);
      await clock.advance(stepMs / 2 + 1);
      expect(opened).toHaveLength(at + 3);
    }
    last().up();
    await clock.advance(10_000);
    const before = opened.length;
    last().ended({ how: 'lost', why: 'the connection was closed' });
    await clock.advance(1000);
    expect(opened).toHaveLength(before + 1);
  });

  test('is not opened again once it is closed', async () => {
    const { clock, opened, last, close, closed } = world();
    last().ended({ how: 'lost', why: '' });
    close();
    await clock.advance(100_000);
    expect(opened).toHaveLength(1);
    expect(closed()).toBe(1);
  });
});

test('what is done is not opened again', async () => {
  const { clock, heard, opened, last } = world();
  last().ended({ how: 'done', why: 'it has the token 123456' });
  await clock.advance(100_000);
  expect(heard).toEqual(['(ended shop: it has the token [secret].)']);
  expect(opened).toHaveLength(1);
});

test('ways that are not spoken are tried one after the other, and the one that is stays first', async () => {
  const { clock, heard, opened, last } = world(2);
  last().ended({ how: 'unsupported', why: 'no WebSocket' });
  expect(heard).toEqual([]);
  expect(opened.map(({ way }) => way)).toEqual([0, 1]);
  last().up();
  last().ended({ how: 'lost', why: 'cut' });
  await clock.advance(1000);
  expect(opened.map(({ way }) => way)).toEqual([0, 1, 1]);
  last().ended({ how: 'unsupported', why: 'no stream' });
  last().ended({ how: 'unsupported', why: 'no WebSocket' });
  expect(heard.at(-1)).toBe('(waiting shop: no WebSocket. It is tried again.)');
});
