/** Numbers as databases write them, kept exactly. */
import { ExactNumber, type Json } from '../../../kernel/index.ts';

const NUMBER = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;

/** Most are what JavaScript makes of them; NaN and the infinities stay words. */
export function numberOf(text: string): Json {
  const plain = Number(text);
  if (String(plain) === text && Number.isFinite(plain)) return plain;
  return NUMBER.test(text) ? new ExactNumber(text) : text;
}
