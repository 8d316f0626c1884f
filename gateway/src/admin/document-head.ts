/** What the OpenAPI document says of the API as a whole. */
export const DOCUMENT = {
  openapi: '3.1.0',
  info: {
    title: 'Drawbridge admin API',
    version: '1',
    description:
      'Upstreams, items, keys, roles, rules and records of one gateway. Callers present an API key or an access token, or have signed in with a browser. Every route names the action that it needs (x-required-action) and the roles that have it (x-roles); rules of the configuration may take it away. Errors are problem details (RFC 9457).',
    license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
  },
  servers: [{ url: '/' }],
};
