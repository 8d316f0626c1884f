import { expect, test } from 'vitest';
import { addressLast } from './address-last.ts';
import { mirrored } from './param-headers.ts';
import { createLog } from './logger.ts';
import { pairs } from './pairs.ts';
import { table } from './table.ts';

const clock = { nowMs: () => Date.UTC(2026, 0, 2, 3, 4, 5), after: () => ({ cancel: () => {} }) };

test('options may follow an address, but belong to a command', () => {
  const moved = (text: string) => addressLast(text.split(' ')).join(' ');
  expect(moved('add https://h/mcp --name x --dry-run')).toBe(
    'add --name x --dry-run https://h/mcp',
  );
  expect(moved('add --name x https://h/mcp --json')).toBe('add --name x --json https://h/mcp');
  expect(moved('add https://h extra --name x')).toBe('add https://h extra --name x');
  expect(moved('add npx -y server')).toBe('add npx -y server');
  expect(moved('add --shared fetch https://h')).toBe('add --shared fetch https://h');
  expect(moved('add -- https://h --name')).toBe('add -- https://h --name');
  expect(moved('call https://h x')).toBe('call https://h x');
});

test('a table aligns, fits the terminal and shows nothing that could steer it', () => {
  const rows = [
    ['NAME', 'TEXT'],
    ['a', 'one\ntwo   \u001b[31mred'],
    ['longer', 'x'.repeat(40)],
  ];
  expect(table(rows, 24)).toEqual([
    'NAME    TEXT',
    'a       one two ·[31mred',
    `longer  ${'x'.repeat(15)}…`,
  ]);
});

test('names and values', () => {
  expect(pairs(['A=b=c', 'B='], /^([^=]+)=(.*)$/s)).toEqual({ A: 'b=c', B: '' });
  expect(pairs(['X-Key: a:b'], /^([^:=]+)[:=]\s*(.*)$/s)).toEqual({ 'X-Key': 'a:b' });
  expect(pairs(['nothing'], /^([^=]+)=(.*)$/s)).toContain('"nothing"');
});

test('log lines for people and for collectors', () => {
  const lines: string[] = [];
  const stream = { write: (text: string) => lines.push(text) };
  createLog(
    stream,
    'pretty',
    'info',
    clock,
  )('warn', 'odd\u001b', { id: 'a', n: [1], none: undefined });
  createLog(stream, 'json', 'info', clock)('info', 'up', { url: 'http://h' });
  createLog(stream, 'json', 'warn', clock)('info', 'not shown');
  expect(lines).toEqual([
    '03:04:05 warn  odd·  id=a  n=[1]\n',
    '{"time":"2026-01-02T03:04:05.000Z","level":"info","text":"up","url":"http://h"}\n',
  ]);
});

test('header values that are unsafe travel encoded', () => {
  expect(mirrored('files__read')).toBe('files__read');
  expect(mirrored('a b')).toBe('a b');
  expect(mirrored(' a')).toBe('=?base64?IGE=?=');
  expect(mirrored('é')).toBe('=?base64?w6k=?=');
  expect(mirrored('=?base64?x')).toMatch(/^=\?base64\?.+\?=$/);
});
