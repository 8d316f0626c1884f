/** A picture of the temperatures around a place: a PNG of 64 by 64 points. */
import { crc32, deflateSync } from 'node:zlib';
import { forecastFor } from './climate.ts';

const SIZE = 64;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

export function drawMap(latitude: number, longitude: number): Buffer {
  const rows = Array.from({ length: SIZE }, (_, y) => {
    const row = Buffer.alloc(1 + SIZE * 3);
    for (let x = 0; x < SIZE; x++) {
      const north = Math.max(-90, Math.min(90, latitude + (SIZE / 2 - y) / 4));
      const [day] = forecastFor(north, longitude + (x - SIZE / 2) / 4, 1);
      row.set(colourOf(day?.highC ?? 0), 1 + x * 3);
    }
    return row;
  });
  const head = Buffer.alloc(13);
  head.writeUInt32BE(SIZE, 0);
  head.writeUInt32BE(SIZE, 4);
  head.set([8, 2, 0, 0, 0], 8);
  return Buffer.concat([
    SIGNATURE,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(Buffer.concat(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

/** Blue for frost, red for heat. */
function colourOf(celsius: number): [number, number, number] {
  const warmth = Math.max(0, Math.min(1, (celsius + 10) / 45));
  return [Math.round(255 * warmth), 90, Math.round(255 * (1 - warmth))];
}

function chunk(type: string, data: Buffer): Buffer {
  const named = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const check = Buffer.alloc(4);
  check.writeUInt32BE(crc32(named));
  return Buffer.concat([length, named, check]);
}
