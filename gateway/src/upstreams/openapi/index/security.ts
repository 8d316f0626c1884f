/** Security requirements and schemes of every version as one. */
import type { AuthNeed, AuthScheme, AuthSlot } from '../../api/model.ts';
import type { Node, Ref, Resolver } from '../document.ts';
import { isList, isMapping, memberOf, membersOf, textOf, textsOf } from '../source/node.ts';

/** Requirements as a document lists them; undefined where it says nothing. */
export function authNeedOf(node: Node): AuthNeed | undefined {
  if (!isList(node)) return undefined;
  const needs: (readonly AuthSlot[])[] = [];
  for (const requirement of node) {
    if (!isMapping(requirement)) continue;
    const slots = Object.entries(requirement).filter(([scheme]) => !scheme.startsWith('x-'));
    needs.push(slots.map(([scheme, scopes]) => ({ scheme, scopes: textsOf(scopes) })));
  }
  return needs;
}

/** All credentials that the document describes. */
export function schemesOf(resolver: Resolver, root: Ref): readonly AuthScheme[] {
  const held =
    resolver.version === '2.0'
      ? resolver.child(root, 'securityDefinitions')
      : resolver.child(root, 'components', 'securitySchemes');
  const schemes: AuthScheme[] = [];
  for (const [name] of membersOf(held.node)) {
    const at = resolver.child(held, name);
    const scheme = resolver.settle(at);
    if (typeof scheme === 'string')
      resolver.repaired(`The scheme "${name}" is left out. ${scheme}`, at);
    else if (isMapping(scheme.node)) schemes.push(schemeOf(name, scheme.node));
  }
  return schemes;
}

function schemeOf(name: string, node: Node): AuthScheme {
  const plain = { name, location: '', parameter: '', tokenUrl: '' } as const;
  const type = textOf(memberOf(node, 'type')).toLowerCase();
  const http = type === 'http' ? textOf(memberOf(node, 'scheme')).toLowerCase() : type;
  switch (http) {
    case 'apikey':
      return apiKey(name, node);
    case 'basic':
      return { ...plain, kind: 'basic', words: 'user name and password (HTTP Basic)' };
    case 'bearer': {
      const format = textOf(memberOf(node, 'bearerFormat'));
      return {
        ...plain,
        kind: 'bearer',
        words: `bearer token${format === '' ? '' : ` (${format})`}`,
      };
    }
    case 'oauth2': {
      const tokenUrl = tokenUrlOf(node);
      return { ...plain, kind: 'oauth2', words: 'access token (OAuth 2.0)', tokenUrl };
    }
    case 'openidconnect':
      return { ...plain, kind: 'open_id', words: 'access token (OpenID Connect)' };
    case 'mutualtls':
    case 'mutual':
      return { ...plain, kind: 'mutual_tls', words: 'client certificate (mutual TLS)' };
    default:
      return { ...plain, kind: 'other', words: `credential of the kind "${http}"` };
  }
}

function apiKey(name: string, node: Node): AuthScheme {
  const parameter = textOf(memberOf(node, 'name'));
  const written = textOf(memberOf(node, 'in')).toLowerCase();
  const location = written === 'query' || written === 'cookie' ? written : 'header';
  const where = location === 'query' ? 'query parameter' : location;
  const words = `API key in the ${where} ${parameter}`;
  return { name, kind: 'api_key', words, location, parameter, tokenUrl: '' };
}

/** 2.0 has one flow, 3.x a mapping of them. */
function tokenUrlOf(node: Node): string {
  const own = textOf(memberOf(node, 'tokenUrl'));
  if (own !== '') return own;
  for (const [, flow] of membersOf(memberOf(node, 'flows'))) {
    const url = textOf(memberOf(flow, 'tokenUrl'));
    if (url !== '') return url;
  }
  return '';
}
