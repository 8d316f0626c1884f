/** The `limits` section of the configuration; every limit has a default. */
import { z } from 'zod';
import { rulesSchema } from './rule-schema.ts';

const MIB = 1024 * 1024;

const count = (value: number, what: string) =>
  z.number().int().min(1).max(1_000_000).default(value).describe(what);
const bytes = (value: number, what: string) =>
  z
    .number()
    .int()
    .min(1024)
    .max(512 * MIB)
    .default(value)
    .describe(`${what}, bytes.`);

export const limitsSchema = z.strictObject({
  maxBodyBytes: bytes(4 * MIB, 'Longest request body'),
  maxJsonDepth: count(64, 'Deepest nesting of a request.'),
  maxArgumentBytes: bytes(MIB, 'Longest arguments of a call'),
  maxArgumentDepth: count(32, 'Deepest nesting of the arguments of a call.'),
  maxResultBytes: bytes(8 * MIB, 'Longest result'),
  maxCallsPerPrincipal: count(256, 'Calls under way per principal.'),
  maxCallsPerUpstream: count(128, 'Calls under way per upstream.'),
  maxStreamsPerPrincipal: count(2048, 'Streams of changes open per principal.'),
  callTimeoutMs: z
    .number()
    .int()
    .min(100)
    .max(24 * 3600 * 1000)
    .default(60_000)
    .describe('How long a call may take where its upstream says nothing else, milliseconds.'),
  rules: rulesSchema,
});

export type LimitsConfig = z.infer<typeof limitsSchema>;
