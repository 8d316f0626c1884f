/** The whole configuration: every room's own part, and what only shows when they are seen together. */
import { z } from 'zod';
import { adminSchema } from '../admin/index.ts';
import { auditSchema } from '../audit/index.ts';
import { endpointProblems } from '../catalog/index.ts';
import { jsonSchemaOf, type Finding } from '../config/index.ts';
import { identityProblems, identitySchema, isLocalMode } from '../identity/index.ts';
import { interactionsSchema } from '../interactions/index.ts';
import { limitsSchema, usageSchema } from '../limits/index.ts';
import { isLoopback, listenAddress, serverSchema } from '../listeners/index.ts';
import { loginProblems, loginSchema } from '../login/index.ts';
import { policySchema } from '../policy/index.ts';
import { secretsSchema } from '../secrets/index.ts';
import { upstreamsSchema } from '../upstreams/index.ts';
import { fileFindings, mtlsFindings } from './tls-findings.ts';
import { endpointWarnings, endpointsSchema } from './endpoints.ts';

/** The whole configuration file: every room's own part under the room's name. */
export const configSchema = z.strictObject({
  server: serverSchema.prefault({}),
  identity: identitySchema.prefault({ mode: 'local' }),
  login: loginSchema.prefault({}),
  admin: adminSchema.prefault({}),
  upstreams: upstreamsSchema.default({}),
  endpoints: endpointsSchema,
  policy: policySchema.prefault({}),
  limits: limitsSchema.prefault({}),
  usage: usageSchema.prefault({}),
  interactions: interactionsSchema.prefault({}),
  audit: auditSchema.prefault({}),
  secrets: secretsSchema.prefault({}),
});

export type Config = z.infer<typeof configSchema>;

/** The configuration's JSON Schema, for editors. */
export function configJsonSchema(): object {
  return jsonSchemaOf(configSchema, {
    id: 'https://drawbridge.dev/schema/drawbridge.schema.json',
    title: 'Drawbridge configuration',
    description: 'drawbridge.yaml: upstreams, endpoints, policy and limits of one gateway.',
  });
}

/**
 * What has to hold beyond the schema: what only shows when several parts are seen together.
 * @param directory the folder that relative paths begin at; files are not looked at without it
 */
export function checkConfig(config: Config, directory?: string): readonly Finding[] {
  const findings: Finding[] = endpointProblems(config.endpoints, enabledUpstreams(config)).map(
    ({ path, text }) => ({ path, message: text }),
  );
  findings.push(...endpointWarnings(config.endpoints, Object.keys(config.upstreams)));
  const endpoints = Object.keys(config.endpoints);
  for (const each of identityProblems(config.identity, endpoints, config.server.publicUrl)) {
    findings.push({ path: ['identity', ...each.path], message: each.message });
  }
  const { login, identity, server } = config;
  for (const each of loginProblems(login, identity.oauth, server.publicUrl)) {
    findings.push({ path: ['login', ...each.path], message: each.message });
  }
  findings.push(...mtlsFindings(config));
  if (directory !== undefined) findings.push(...fileFindings(config, directory, Date.now()));
  const { host } = listenAddress(config.server.listen);
  if (!isLoopback(host) && isLocalMode(config.identity)) {
    findings.push({
      path: ['server', 'listen'],
      message: `${host} can be reached by other machines, and local mode identifies nobody`,
      hint: 'listen on 127.0.0.1 or [::1], or set up identity, for example identity: { keys: true }',
    });
  }
  return findings;
}

/** Ids of the upstreams that are not switched off. */
export function enabledUpstreams(config: Config): string[] {
  return Object.entries(config.upstreams)
    .filter(([, upstream]) => upstream.enabled)
    .map(([id]) => id);
}
