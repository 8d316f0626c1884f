/** What the two dialects' encoders have in common: same shape, so that encode only picks one. */
import type {
  AnswerMessage,
  Edit,
  Exchange,
  LocalMessage,
  Reason,
  Refusal,
} from '../kernel/index.ts';
import type { WireCode } from './wire-code.ts';

/** How one dialect says things. */
export interface DialectEncoder {
  readonly codes: Readonly<Record<Reason, WireCode>>;
  /**
   * Edits that put an upstream's answer into this dialect, the caller's id aside; or a refusal
   * where this dialect has no words for it.
   */
  translate(x: Exchange, message: AnswerMessage): readonly Edit[] | Refusal;
  /** HTTP status of an upstream's answer that is sent whole. */
  status(message: AnswerMessage): number;
  /** JSON text of a result made by the gateway. */
  localResult(message: LocalMessage): string;
  /** Members (`"a":1,`) that every result made by the gateway begins with. */
  toolErrorMembers(): string;
}

export const NO_EDITS: readonly Edit[] = [];
