/** What became different between two imports of one API. */

export type ChangeKind =
  | 'added'
  | 'removed'
  | 'renamed'
  | 'moved'
  | 'input'
  | 'effect'
  | 'auth'
  | 'server';

export interface Change {
  readonly kind: ChangeKind;
  /** Name of the tool today, or the last one it had; '' where the API as a whole is meant. */
  readonly tool: string;
  /** One sentence. */
  readonly text: string;
  /** Whether somebody should look at it before callers get it. */
  readonly isRisky: boolean;
}

export interface DiffReport {
  readonly changes: readonly Change[];
  readonly counts: Readonly<Record<ChangeKind, number>>;
  readonly risky: number;
  /** Operations whose inputs were compared, and those for which there was no time. */
  readonly compared: number;
  readonly notCompared: number;
}

export function change(kind: ChangeKind, tool: string, text: string, isRisky = false): Change {
  return { kind, tool, text, isRisky };
}
