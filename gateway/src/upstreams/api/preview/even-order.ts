/** The numbers below `count` in an order of which every beginning is spread evenly over all. */
export function* evenOrder(count: number): Generator<number> {
  const bits = Math.max(1, Math.ceil(Math.log2(Math.max(count, 2))));
  for (let turn = 0; turn < 2 ** bits; turn++) {
    const place = reversed(turn, bits);
    if (place < count) yield place;
  }
}

function reversed(value: number, bits: number): number {
  let result = 0;
  for (let bit = 0; bit < bits; bit++) {
    result = result * 2 + (Math.floor(value / 2 ** bit) % 2);
  }
  return result;
}
