/** Weather as it usually is: from latitude, season and a noise that is the same for the same place. */

export interface Day {
  readonly date: string;
  readonly lowC: number;
  readonly highC: number;
  readonly rainMm: number;
  readonly windKmh: number;
  readonly words: string;
}

export interface Warnings {
  readonly region: string;
  readonly warnings: readonly { readonly level: string; readonly text: string }[];
}

const DAY_MS = 86_400_000;
const REGIONS: Readonly<Record<string, readonly [latitude: number, longitude: number]>> = {
  north: [61, 8],
  coast: [53, -6],
  plains: [48, 20],
  islands: [28, -15],
};

/** The mean temperature of a day falls with latitude and swings with the season. */
export function forecastFor(latitude: number, longitude: number, count: number): Day[] {
  const today = Math.floor(Date.now() / DAY_MS);
  return Array.from({ length: count }, (_, ahead) => dayAt(latitude, longitude, today + ahead));
}

function dayAt(latitude: number, longitude: number, dayNumber: number): Day {
  const season = Math.cos(((dayNumber - 201) / 365.25) * 2 * Math.PI) * Math.sign(latitude || 1);
  const mean = 28 - 0.012 * latitude ** 2 + season * Math.abs(latitude) * 0.2;
  const noise = noiseAt(Math.round(latitude), Math.round(longitude), dayNumber);
  const rainMm = round(Math.max(0, noise(1) * 24 - 12));
  const windKmh = round(5 + noise(2) * 50);
  const middle = mean + noise(3) * 8 - 4;
  const words = rainMm > 6 ? 'rain' : rainMm > 0 ? 'showers' : windKmh > 40 ? 'windy' : 'fair';
  return {
    date: new Date(dayNumber * DAY_MS).toISOString().slice(0, 10),
    lowC: round(middle - 4),
    highC: round(middle + 4),
    rainMm,
    windKmh,
    words,
  };
}

/** Undefined where there is no such region. */
export function warningsFor(region: string): Warnings | undefined {
  const place = Object.hasOwn(REGIONS, region) ? REGIONS[region] : undefined;
  if (place === undefined) return undefined;
  const days = forecastFor(place[0], place[1], 3);
  const warnings = days.flatMap(({ date, rainMm, windKmh }) => [
    ...(windKmh > 45 ? [{ level: 'amber', text: `${date}: gusts of ${windKmh} km/h` }] : []),
    ...(rainMm > 8 ? [{ level: 'yellow', text: `${date}: ${rainMm} mm of rain` }] : []),
  ]);
  return { region, warnings };
}

/** Numbers from 0 to 1 that are always the same for the same place, day and question. */
function noiseAt(latitude: number, longitude: number, day: number): (question: number) => number {
  return (question) => {
    let hash = 2_166_136_261;
    for (const part of [latitude, longitude, day, question]) {
      hash = Math.imul(hash ^ part, 16_777_619);
      hash ^= hash >>> 13;
    }
    return (hash >>> 0) / 2 ** 32;
  };
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}
