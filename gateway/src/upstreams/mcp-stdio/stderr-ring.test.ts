import { describe, expect, test } from 'vitest';
import { StderrRing } from './stderr-ring.ts';

const SECRET = 'correct-horse-battery-staple';

describe('StderrRing', () => {
  test('is empty at first and gives back what was pushed', () => {
    const ring = new StderrRing([]);
    expect(ring.tail()).toBe('');
    ring.push(Buffer.from('one\nt'));
    ring.push(Buffer.from('wo\n'));
    expect(ring.tail()).toBe('one\ntwo\n');
  });

  test.each([1, 7, 4096, 65_536, 81_920, 300_000])('keeps the end, pushed by %i bytes', (size) => {
    const ring = new StderrRing([]);
    const lines = Array.from({ length: 20_000 }, (_value, at) => `line ${at}\n`).join('');
    const bytes = Buffer.from(lines);
    for (let at = 0; at < bytes.length; at += size) ring.push(bytes.subarray(at, at + size));
    const tail = ring.tail();
    expect(tail.length).toBeLessThanOrEqual(65_536);
    expect(tail.length).toBeGreaterThan(65_000);
    expect(lines.endsWith(`\n${tail}`)).toBe(true);
  });

  test('holds no part of a secret that its beginning cuts', () => {
    for (let pad = 0; pad < 60; pad += 1) {
      const ring = new StderrRing([SECRET]);
      ring.push(Buffer.from(`${SECRET} `.repeat(10_000) + 'x'.repeat(pad)));
      expect(ring.tail()).not.toMatch(/correct|horse|battery|staple/);
    }
  });

  test('hides a secret that arrives in two pieces with a stray line between them', () => {
    const ring = new StderrRing([SECRET]);
    ring.push(Buffer.from(SECRET.slice(0, 10)));
    ring.pushLine(Buffer.from('log on stdout'));
    ring.push(Buffer.from(SECRET.slice(10)));
    expect(ring.tail()).toBe('log on stdout\n[redacted]');
  });

  test('a flood of stray lines leaves room for standard error', () => {
    const ring = new StderrRing([]);
    for (let count = 0; count < 50_000; count += 1) ring.pushLine(Buffer.from('stray'));
    ring.push(Buffer.from('e\n'.repeat(100_000)));
    const tail = ring.tail();
    expect(tail.length).toBeLessThanOrEqual(65_536);
    expect(tail).toMatch(/^stray\n/);
    expect(tail.match(/e\n/g)?.length).toBeGreaterThan(20_000);
  });

  test('one endless word shows nothing rather than the rest of a secret', () => {
    const ring = new StderrRing([]);
    ring.push(Buffer.alloc(200_000, 'x'));
    expect(ring.tail()).toBe('');
  });
});
