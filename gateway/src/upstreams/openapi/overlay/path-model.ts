/** A JSONPath once it was read. */

export type Selector =
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | {
      readonly kind: 'slice';
      readonly start: number | undefined;
      readonly end: number | undefined;
      readonly step: number;
    }
  | { readonly kind: 'all' }
  | { readonly kind: 'filter'; readonly filter: Filter };

export interface Step {
  /** Whether all values below are looked at, too (`..`). */
  readonly isDeep: boolean;
  readonly selectors: readonly Selector[];
}

export type Comparison = '==' | '!=' | '<=' | '>=' | '<' | '>';

/** A side of a comparison: a literal, or the value that a path leads to. */
export type Operand =
  | { readonly kind: 'literal'; readonly value: string | number | boolean | null }
  | { readonly kind: 'path'; readonly isRoot: boolean; readonly steps: readonly Step[] };

export type Filter =
  | { readonly kind: 'any' | 'every'; readonly parts: readonly Filter[] }
  | { readonly kind: 'not'; readonly part: Filter }
  | { readonly kind: 'exists'; readonly path: Operand }
  | {
      readonly kind: 'compare';
      readonly operator: Comparison;
      readonly left: Operand;
      readonly right: Operand;
    };
