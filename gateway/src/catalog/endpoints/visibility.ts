/** What this room needs of the neighbour that decides who may do what. */
import type { Exchange, ItemBindings, JudgedItem, Principal } from '../../kernel/index.ts';

/**
 * What a caller may see. The same object stands for all about whom the same holds, so whatever is
 * made of what a viewer sees is kept by the viewer and by nothing less.
 */
export interface Viewer {
  /** Whether any call of the item could be allowed. */
  mayInvoke(item: JudgedItem): boolean;
  /** Whether anything of this upstream could be allowed, for all that is known without its list. */
  mayReach(upstream: string): boolean;
  /** Which arguments of the item are decided by the configuration; undefined for none. */
  bindingsOf(item: JudgedItem): ItemBindings | undefined;
}

export type ViewerOf = (principal: Principal, endpoint: string) => Viewer;

/**
 * Puts the decision on an exchange that what it asks for does not exist for its caller.
 * @param hidden the item where there is one
 * @returns the decision's id, the only thing that a caller may be told of it
 */
export type NotFound = (
  x: Exchange & { readonly principal: Principal },
  hidden: JudgedItem | undefined,
) => string;
