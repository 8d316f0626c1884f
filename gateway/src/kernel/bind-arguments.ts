/** Putting bound arguments into the bytes of a call, and refusing what a caller may not decide. */
import { isDeepStrictEqual } from 'node:util';
import type { BindingNode, BoundArgument, ItemBindings } from './bindings.ts';
import { scanJson } from './json/scan.ts';
import { addMembers, replaceValue, type Edit } from './json/splice.ts';
import { ROOT, type JsonView } from './json/view.ts';
import type { Principal } from './principal.ts';

/** What becomes of arguments. */
export interface ArgumentsBound {
  /** Edits of the arguments' own bytes. */
  readonly edits: readonly Edit[];
  /** Names of the arguments that were decided here, for the record. */
  readonly bound: readonly string[];
}

/** Longer values are not repeated to a caller, characters. */
const MAX_SHOWN = 200;

/**
 * Binds arguments. Every byte stays but those of what is bound; what has to be there is created.
 * @param args JSON text of one object without duplicate keys
 * @returns the edits, or a sentence for the caller that says what it may not send
 */
export function bindArguments(
  args: Buffer,
  { root, all }: ItemBindings,
  principal: Principal,
): ArgumentsBound | string {
  const depth = Math.max(1, ...all.map(({ path }) => path.length));
  const view = scanJson(args, { maxDepth: Number.MAX_SAFE_INTEGER, recordDepth: depth });
  if ('fault' in view || view.kind(ROOT) !== 'object') return 'The arguments must be an object.';
  const binder = new Binder(view, principal);
  binder.object(ROOT, root);
  return binder.fault ?? { edits: binder.edits, bound: binder.bound };
}

/** What a caller is told who asks about, or sends, an argument that is bound. */
export function boundText(bound: BoundArgument): string {
  const { name, isHidden, shown, path } = bound;
  const named = JSON.stringify(name);
  if (isHidden) return `The argument ${named} is not taken here; leave it out.`;
  if (shown === undefined || shown.length > MAX_SHOWN) {
    return `The argument ${named} always has the same value here; leave it out.`;
  }
  const example = path.reduceRight((inner, key) => `{${JSON.stringify(key)}:${inner}}`, shown);
  return (
    `The argument ${named} is always ${shown} here; leave it out or send exactly that. ` +
    `Example: {"arguments":${example}}.`
  );
}

class Binder {
  readonly edits: Edit[] = [];
  readonly bound: string[] = [];
  fault: string | undefined = undefined;
  private readonly view: JsonView;
  private readonly principal: Principal;

  constructor(view: JsonView, principal: Principal) {
    this.view = view;
    this.principal = principal;
  }

  object(entry: number, { members }: BindingNode): void {
    const { view } = this;
    const found = new Map(view.children(entry).map((child) => [view.key(child), child]));
    const added: string[] = [];
    for (const [key, node] of members) {
      if (this.fault !== undefined) return;
      const child = found.get(key);
      if (child !== undefined) this.present(child, key, node);
      else {
        const text = this.absent(node);
        if (text !== undefined) added.push(`${JSON.stringify(key)}:${text}`);
      }
    }
    if (added.length > 0) this.edits.push(addMembers(view, entry, added.join(',')));
  }

  private present(entry: number, key: string, node: BindingNode): void {
    const { view } = this;
    const { bound } = node;
    if (bound !== undefined) this.sent(entry, bound);
    else if (view.kind(entry) === 'object') this.object(entry, node);
    else if (isForced(node)) {
      const example = `{${JSON.stringify(key)}:{}}`;
      this.fault = `The argument ${JSON.stringify(key)} must be an object here. Example: ${example}.`;
    }
  }

  private sent(entry: number, bound: BoundArgument): void {
    if (bound.isHidden) {
      this.fault = boundText(bound);
      return;
    }
    if (bound.kind === 'default') return;
    const value = bound.valueFor(this.principal);
    if (value === undefined) {
      this.fault = lackingText(bound);
      return;
    }
    const written = this.view.raw(entry);
    if (written !== value && !isDeepStrictEqual(JSON.parse(written), JSON.parse(value))) {
      this.fault = boundText(bound);
      return;
    }
    this.bound.push(bound.name);
    if (written !== value) this.edits.push(replaceValue(this.view, entry, value));
  }

  /** JSON text of what has to be created; undefined for nothing. */
  private absent({ bound, members }: BindingNode): string | undefined {
    if (bound !== undefined) {
      if (bound.kind === 'hide') return undefined;
      const value = bound.valueFor(this.principal);
      if (value !== undefined) this.bound.push(bound.name);
      else if (bound.kind === 'fix') this.fault ??= lackingText(bound);
      return value;
    }
    const inner: string[] = [];
    for (const [key, node] of members) {
      const text = this.absent(node);
      if (text !== undefined) inner.push(`${JSON.stringify(key)}:${text}`);
    }
    return inner.length === 0 ? undefined : `{${inner.join(',')}}`;
  }
}

/** Nobody may get around what is bound in it by sending something else in its place. */
function isForced({ bound, members }: BindingNode): boolean {
  if (bound !== undefined) return bound.isHidden || bound.kind !== 'default';
  return [...members.values()].some(isForced);
}

function lackingText({ name, isHidden }: BoundArgument): string {
  return isHidden
    ? 'The gateway sets an argument from what the credential says, and it does not say it.'
    : `The gateway sets the argument ${JSON.stringify(name)} from what the credential says, and it does not say it.`;
}
