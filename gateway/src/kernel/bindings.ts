/** Arguments that are decided by the configuration and not by who calls. */
import type { Principal } from './principal.ts';

/** One argument of an item, as it is bound for one class of callers. */
export interface BoundArgument {
  /** Names of members from the root of the arguments; never empty. */
  readonly path: readonly string[];
  /** The same as a JSON pointer, or as the bare name where it stands at the root. */
  readonly name: string;
  /**
   * `fix`: no other value leaves. `default`: what leaves where the caller says nothing. `hide`: none
   * leaves.
   */
  readonly kind: 'fix' | 'default' | 'hide';
  /** Callers are not shown it and may not send it. */
  readonly isHidden: boolean;
  /** Its item is named in full, so that it is bound even where no schema speaks of it. */
  readonly isNamed: boolean;
  /** JSON text of the value as schemas show it; undefined where callers are shown none. */
  readonly shown: string | undefined;
  /** JSON text of the value; undefined where there is none, or this caller lacks what it is made of. */
  valueFor(principal: Principal): string | undefined;
}

/** A member of the arguments that is bound, or holds members that are. */
export interface BindingNode {
  readonly members: ReadonlyMap<string, BindingNode>;
  readonly bound: BoundArgument | undefined;
}

/** All bound arguments of one item, the same object for all callers for whom the same holds. */
export interface ItemBindings {
  readonly all: readonly BoundArgument[];
  readonly root: BindingNode;
}

interface GrowingNode extends BindingNode {
  readonly members: Map<string, GrowingNode>;
  bound: BoundArgument | undefined;
}

/** @param all none of whose paths is the beginning of another's */
export function itemBindings(all: readonly BoundArgument[]): ItemBindings {
  const root: GrowingNode = { members: new Map(), bound: undefined };
  for (const each of all) {
    let node = root;
    for (const key of each.path) {
      const next = node.members.get(key) ?? { members: new Map(), bound: undefined };
      node.members.set(key, next);
      node = next;
    }
    node.bound = each;
  }
  return { all, root };
}
