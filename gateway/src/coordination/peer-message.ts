/**
 * What two processes say to each other during an ask: one line of JSON, then the text as it is, so
 * that a long result is not escaped once more.
 */
import { z } from 'zod';

const id = z.string().regex(/^[A-Za-z0-9_-]{1,64}$/);

const headSchema = z.discriminatedUnion('is', [
  /** From the asker, until it hears of it: begin this, unless you have begun it already. */
  z.strictObject({ is: z.literal('ask'), id, from: id, kind: z.string().max(64) }),
  /** From the asker: everything up to `seq` was heard. */
  z.strictObject({ is: z.literal('heard'), id, seq: z.int().min(0) }),
  /** From the asker: stop; also where it does not know the id. */
  z.strictObject({ is: z.literal('stop'), id }),
  /** To the asker: it has begun. */
  z.strictObject({ is: z.literal('begun'), id }),
  /**
   * To the asker: the next of its answer, each with the number after the one before it. `end` is the
   * last. `fail` is as well, whatever was heard before it; its text is why.
   */
  z.strictObject({ is: z.enum(['event', 'end', 'fail']), id, from: id, seq: z.int().min(1) }),
]);

export type PeerHead = z.infer<typeof headSchema>;
export type SaidHead = Extract<PeerHead, { from: string; seq: number }>;

/** Room for the line before the text. */
export const MAX_HEAD_CHARS = 512;

export function encodeMessage(head: PeerHead, text = ''): string {
  return `${JSON.stringify(head)}\n${text}`;
}

/** @returns undefined for what is none of ours, or longer than anything of ours */
export function decodeMessage(
  message: string,
  maxChars: number,
): { head: PeerHead; text: string } | undefined {
  if (message.length > maxChars) return undefined;
  const end = message.indexOf('\n');
  if (end < 0 || end > MAX_HEAD_CHARS) return undefined;
  let line: unknown;
  try {
    line = JSON.parse(message.slice(0, end));
  } catch {
    return undefined;
  }
  const head = headSchema.safeParse(line);
  return head.success ? { head: head.data, text: message.slice(end + 1) } : undefined;
}
