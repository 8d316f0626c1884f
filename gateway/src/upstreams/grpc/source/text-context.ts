/** What turning one file into descriptors needs beside its text. */
import type { CommentNotes } from './comment-notes.ts';
import type { Scope } from './proto-scope.ts';

export interface TextContext {
  readonly syntax: string;
  readonly scope: Scope;
  readonly notes: CommentNotes;
}
