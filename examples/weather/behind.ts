/** A weather service: forecasts and warnings from a small climate model, and a map as a picture. */
import { readFileSync } from 'node:fs';
import { Refused, serveApi, type ApiRequest, type Routes } from '../rest-api.ts';
import { forecastFor, warningsFor } from './climate.ts';
import { drawMap } from './map.ts';

const DOCUMENT = new URL('weather.openapi.yaml', import.meta.url);

/** Starts the service on a free port; the configuration finds it by WEATHER_URL. */
export async function start(): Promise<{ stop(): Promise<void> }> {
  const api = await serveApi(routes());
  process.env['WEATHER_URL'] = api.url;
  return api;
}

function routes(): Routes {
  return {
    'GET /forecast': ({ query }) => {
      const { latitude, longitude } = placeOf(query);
      const days = numberOf(query, 'days', 1, 14, 3);
      return { body: { latitude, longitude, days: forecastFor(latitude, longitude, days) } };
    },
    'GET /warnings/{region}': ({ params }) => {
      const warnings = warningsFor(params['region'] ?? '');
      if (warnings === undefined) {
        throw new Refused(404, `There is no region "${params['region']}".`);
      }
      return { body: warnings };
    },
    'GET /map': mapOf,
    'GET /openapi.yaml': () => ({
      headers: { 'content-type': 'application/yaml' },
      body: readFileSync(DOCUMENT),
    }),
  };
}

function mapOf({ query }: ApiRequest) {
  const { latitude, longitude } = placeOf(query);
  return { headers: { 'content-type': 'image/png' }, body: drawMap(latitude, longitude) };
}

function placeOf(query: URLSearchParams): { latitude: number; longitude: number } {
  return {
    latitude: numberOf(query, 'latitude', -90, 90),
    longitude: numberOf(query, 'longitude', -180, 180),
  };
}

function numberOf(
  query: URLSearchParams,
  name: string,
  least: number,
  most: number,
  otherwise?: number,
): number {
  const text = query.get(name);
  const value = text === null ? otherwise : Number(text);
  if (value === undefined || !(value >= least && value <= most)) {
    const detail = `must be a number from ${least} to ${most}`;
    throw new Refused(422, 'The request is not valid.', { errors: [{ field: name, detail }] });
  }
  return value;
}
