/** Times as people write them for keys: `90d`, `12h`, `30m`, `45s`. */
import { InvalidArgumentError } from 'commander';

const UNITS_MS: Readonly<Record<string, number>> = {
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const MAX_MS = 3650 * 86_400_000;

/** Milliseconds; at most ten years. */
export function duration(value: string): number {
  const [, number = '', unit = ''] = /^(\d{1,9})([smhd])$/.exec(value.trim()) ?? [];
  const ms = Number(number) * (UNITS_MS[unit] ?? Number.NaN);
  if (ms <= MAX_MS) return ms;
  throw new InvalidArgumentError('It must be a time such as 90d, 12h, 30m or 45s, at most 3650d.');
}

/** `2026-01-31 12:00 UTC`. */
export function timeText(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
