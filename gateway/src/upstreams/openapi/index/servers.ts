/** Addresses that a document names, with their variables filled. */
import type { Node, Ref, Resolver } from '../document.ts';
import { isMapping, listOf, memberOf, textOf, textsOf } from '../source/node.ts';

export type ServerVariables = Readonly<Record<string, string>>;

/**
 * The addresses under `servers` of a 3.x object, in order, each once.
 * @param variables values that go before the document's defaults
 */
export function serversOf(
  resolver: Resolver,
  holder: Ref,
  variables: ServerVariables,
): readonly string[] {
  const list = resolver.child(holder, 'servers');
  const found = new Set<string>();
  listOf(list.node).forEach((server, index) => {
    const at = resolver.child(list, String(index));
    const url = memberOf(server, 'url');
    if (typeof url === 'string') found.add(filled(resolver, at, url.trim(), variables));
    else if (isMapping(server)) resolver.repaired('A server without "url" is left out.', at);
  });
  return [...found];
}

function filled(resolver: Resolver, at: Ref, url: string, variables: ServerVariables): string {
  if (!url.includes('{')) return url;
  const described = memberOf(at.node, 'variables');
  return url.replace(/\{([^{}]{1,200})\}/g, (whole, name: string) => {
    const variable = memberOf(described, name);
    const allowed = textsOf(memberOf(variable, 'enum'));
    const wish = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (wish !== undefined) {
      if (allowed.length === 0 || allowed.includes(wish)) return wish;
      const choice = allowed.slice(0, 20).join(', ');
      resolver.repaired(
        `The variable "${name}" is not set to "${wish}": allowed are ${choice}.`,
        at,
      );
    }
    const value = defaultOf(variable, allowed);
    if (value !== undefined) return value;
    resolver.repaired(`The variable "${name}" of the server ${url} has no default.`, at);
    return whole;
  });
}

function defaultOf(variable: Node, allowed: readonly string[]): string | undefined {
  const value = memberOf(variable, 'default');
  if (value !== undefined && value !== null) return textOf(value);
  return allowed[0];
}

/**
 * The addresses of a 2.0 document; only the base path where it names no host.
 * @param schemes of the operation, where it has its own
 */
export function legacyServers(root: Node, schemes: Node): readonly string[] {
  const host = textOf(memberOf(root, 'host'))
    .replace(/^\w+:\/\//, '')
    .replace(/(?<!\/)\/+$/, '');
  const base = textOf(memberOf(root, 'basePath'));
  const basePath = base === '' || base.startsWith('/') ? base : `/${base}`;
  if (host === '') return basePath === '' ? [] : [basePath];
  const own = textsOf(schemes);
  const named = own.length > 0 ? own : textsOf(memberOf(root, 'schemes'));
  const web = named.filter((scheme) => scheme === 'https' || scheme === 'http');
  const ordered = web.length === 0 ? ['https'] : [...web].sort().toReversed();
  return ordered.map((scheme) => `${scheme}://${host}${basePath}`);
}
