/** The parameters of an operation, those of its path included, before they are looked at closely. */
import type { Node, Ref, Resolver } from '../document.ts';
import { isMapping, kindOf, listOf, memberOf, textOf } from '../source/node.ts';
import type { FoundOperation } from '../index/find-operations.ts';

export interface RawParameter {
  readonly name: string;
  /** As written, in lower case; what is left out is guessed. */
  readonly location: string;
  /** Settled. */
  readonly at: Ref;
  /** Said beside a reference, which goes before what it refers to; '' for none. */
  readonly description: string;
}

/** In the order of the document; an operation's own replace those of its path. */
export function gatherParameters(resolver: Resolver, found: FoundOperation): RawParameter[] {
  const gathered = new Map<string, RawParameter>();
  for (const holder of [...found.pathItems.toReversed(), found.at]) {
    const level = new Set<string>();
    for (const parameter of parametersUnder(resolver, holder, found.path)) {
      const mark = markOf(parameter);
      if (level.has(mark)) {
        const what = `The parameter "${parameter.name}" is given twice; the first one counts.`;
        resolver.repaired(what, parameter.at);
        continue;
      }
      level.add(mark);
      gathered.set(mark, parameter);
    }
  }
  return [...gathered.values()];
}

/** What makes two parameters one; there is only one body, and header names have no case. */
function markOf({ name, location }: RawParameter): string {
  if (location === 'body') return 'body';
  return `${location}:${location === 'header' ? name.toLowerCase() : name}`;
}

function parametersUnder(resolver: Resolver, holder: Ref, path: string): RawParameter[] {
  const list = resolver.child(holder, 'parameters');
  const found: RawParameter[] = [];
  if (isMapping(list.node)) {
    resolver.repaired('The parameters are a mapping; its values were read as a list.', list);
  }
  const keys = isMapping(list.node) ? Object.keys(list.node) : [...listOf(list.node).keys()];
  for (const key of keys) {
    const own = resolver.child(list, String(key));
    const parameter = readParameter(resolver, own, path);
    if (parameter !== undefined) found.push(parameter);
  }
  return found;
}

function readParameter(resolver: Resolver, own: Ref, path: string): RawParameter | undefined {
  const at = resolver.settle(own);
  if (typeof at === 'string') {
    resolver.repaired(`A parameter is left out. ${at}`, own);
    return undefined;
  }
  if (!isMapping(at.node)) {
    resolver.repaired(`A parameter is left out: it is ${kindOf(at.node)}.`, own);
    return undefined;
  }
  const said = memberOf(at.node, 'name');
  const name = typeof said === 'string' ? said : textOf(said);
  const location = locationOf(resolver, at, name, path);
  if (name === '' && location !== 'body' && location !== 'querystring') {
    resolver.repaired('A parameter without a name is left out.', own);
    return undefined;
  }
  const beside = own === at ? '' : textOf(memberOf(own.node, 'description'));
  return { name, location, at, description: beside };
}

function locationOf(resolver: Resolver, at: Ref, name: string, path: string): string {
  const written: Node = memberOf(at.node, 'in');
  const location = textOf(written).toLowerCase();
  if (location !== '') return location === 'form' ? 'formdata' : location;
  const guess = path.includes(`{${name}}`) ? 'path' : 'query';
  resolver.repaired(`The parameter "${name}" does not say where it goes; read as "${guess}".`, at);
  return guess;
}
