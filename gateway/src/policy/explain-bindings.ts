/** What is decided of an item's arguments, in words. */
import type { ItemBindings } from '../kernel/index.ts';

export interface ExplainedBinding {
  readonly argument: string;
  readonly how: 'fix' | 'default' | 'hide';
  readonly isHidden: boolean;
  /** What callers see of it. */
  readonly says: string;
}

/** Values are said as far as callers see them: hidden ones may be secrets. */
export function explainBindings(bindings: ItemBindings | undefined): readonly ExplainedBinding[] {
  return (bindings?.all ?? []).map(({ name, kind, isHidden, isNamed, shown }) => ({
    argument: name,
    how: kind,
    isHidden,
    says: `${words(kind, isHidden, shown)}${isNamed ? '' : ', where the item has such an argument'}`,
  }));
}

function words(
  kind: ExplainedBinding['how'],
  isHidden: boolean,
  shown: string | undefined,
): string {
  const value = shown === undefined ? 'a value that this caller does not have' : shown;
  switch (kind) {
    case 'fix':
      return isHidden ? 'is hidden and always has one value' : `is always ${value}`;
    case 'default':
      return isHidden ? 'is hidden and always has its default' : `is ${value} where it is left out`;
    case 'hide':
      return 'is hidden and never sent';
  }
}
