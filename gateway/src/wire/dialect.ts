/** What encoders have in common: the way out, and what the two eras of MCP say in one shape. */
import {
  Refusal,
  type AnswerMessage,
  type Edit,
  type EventMessage,
  type Exchange,
  type LocalMessage,
  type NoticeMessage,
  type OutHeaders,
  type Reason,
  type Terminal,
} from '../kernel/index.ts';
import type { WireCode } from './wire-code.ts';

/** An encoded answer. */
export interface Encoded {
  readonly status: number;
  readonly headers: OutHeaders;
  readonly body: Buffer | string;
}

/** The way out. */
export interface Encode {
  /**
   * What the caller is really told: an upstream's answer that the dialect has no words for, or that
   * is no JSON-RPC answer at all, becomes a refusal. The other functions take settled messages only.
   */
  settle(x: Exchange, message: Terminal): Terminal;
  streamHead(x: Exchange): { readonly status: number; readonly headers: OutHeaders };
  /** '' where the dialect, or this caller, does not hear of it. */
  event(x: Exchange, message: EventMessage | NoticeMessage): Buffer | string;
  answer(x: Exchange, message: Terminal): Encoded;
  lastEvent(x: Exchange, message: Terminal): Buffer | string;
}

/** How one era of MCP says things. */
export interface DialectEncoder {
  readonly codes: Readonly<Record<Reason, WireCode>>;
  /** The refusal that stands for an upstream's answer where this dialect has no words for it. */
  refuses(x: Exchange, message: AnswerMessage): Refusal | undefined;
  /** Edits that put an upstream's answer into this dialect, the caller's id aside. */
  translate(x: Exchange, message: AnswerMessage): readonly Edit[];
  /** HTTP status of an upstream's answer that is sent whole. */
  status(message: AnswerMessage): number;
  /** JSON text of a result made by the gateway. */
  localResult(message: LocalMessage): string;
  /** Members (`"a":1,`) that every result made by the gateway begins with. */
  toolErrorMembers(reason: Reason): string;
}

export const NO_EDITS: readonly Edit[] = [];

/** For a `resultType` that the caller did not declare to understand. */
export function unknownResult(x: Exchange, type: string): Refusal {
  return new Refusal('upstream_invalid', {
    text: `It answered with a "${type}" result, which "${x.call?.method ?? ''}" did not ask for.`,
  });
}

/** The kind of result (2026-07-28); what has none is complete. Decodes nothing in the usual case. */
export function resultTypeOf({ view, value }: AnswerMessage): string {
  const type = view.member(value, 'resultType');
  if (type < 0 || view.isWritten(type, '"complete"')) return 'complete';
  return view.string(type) ?? 'complete';
}
