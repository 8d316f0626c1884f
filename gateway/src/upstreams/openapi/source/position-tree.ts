/** A text seen as a tree of positions, of which only what is asked for is looked at. */

/** Children of a value by key, as positions that the same function takes again. */
export type Children = (position: number) => ReadonlyMap<string, number>;

/** A tree of positions over one text. */
export interface PositionTree {
  readonly root: number;
  readonly children: Children;
  /** Where in the text a position is. */
  offset(position: number): number;
}
