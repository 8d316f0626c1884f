/** `drawbridge admin`: for whoever can read the state folder, beside a gateway that may be running. */
import { issueCode } from '../../admin/index.ts';
import { systemClock } from '../../kernel/index.ts';
import type { CommonOptions } from '../config-file.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { timeText } from '../key-times.ts';
import type { Output } from '../output.ts';
import { withStore } from '../with-store.ts';

export type AdminOptions = CommonOptions;

export interface RevokeOptions extends AdminOptions {
  readonly issuer: string;
  readonly subject?: string;
  readonly sid?: string;
  /** How long new tokens do not count either, milliseconds. */
  readonly outFor?: number;
}

/** By when tokens that were handed out have expired. */
const TOKENS_END_MS = 7 * 24 * 3_600_000;

/** Exit 0 with a new one-time code on standard output, and nothing else there. */
export function runAdminCode(out: Output, options: AdminOptions): Promise<ExitCode> {
  return withStore(out, options, async (store, changes) => {
    const { text, expiresMs } = await changes.make(
      { action: 'roles.write', thing: 'one-time code', details: { role: 'admin' } },
      async () => {
        const code = await issueCode(store.adminCodes, systemClock.nowMs());
        return { value: code, details: { expires: new Date(code.expiresMs).toISOString() } };
      },
    );
    out.result({ ok: true, code: text, expires: new Date(expiresMs).toISOString() });
    out.line(text);
    if (!out.json) {
      out.note(`Good once, until ${timeText(expiresMs)}; any code before it is void.`);
    }
    return EXIT.ok;
  });
}

/**
 * Exit 0 when a person, or one sign-in, counts no more in any gateway on this state folder; 2 where
 * neither is named.
 */
export async function runAdminRevoke(out: Output, options: RevokeOptions): Promise<ExitCode> {
  const { issuer, subject = '', sid = '', outFor } = options;
  if (subject === '' && sid === '') {
    return out.fail({
      exit: EXIT.usage,
      code: 'usage',
      message: 'nobody is named',
      hint: 'give --subject, the "sub" of their tokens, or --sid, one sign-in',
    });
  }
  return withStore(out, options, async (store, changes) => {
    const nowMs = systemClock.nowMs();
    const revokedMs = nowMs + (outFor ?? 0);
    const expiresMs = Math.max(revokedMs, nowMs + TOKENS_END_MS);
    const outUntil = outFor === undefined ? null : new Date(revokedMs).toISOString();
    const thing = `${subject === '' ? `sign-in ${sid}` : subject} of ${issuer}`;
    await changes.make(
      { action: 'principals.write', thing, details: { sid, outUntil } },
      async () => ({
        value: await store.revokedSubjects.add(
          { issuer, subject, sid, revokedMs, expiresMs },
          nowMs,
        ),
      }),
    );
    out.result({ ok: true, issuer, subject, sid, outUntil });
    const who = subject === '' ? `The sign-in ${sid}` : subject;
    const until = outFor === undefined ? '' : `, and stays out until ${timeText(revokedMs)}`;
    out.line(`${who} of ${issuer} is cut off${until}.`);
    return EXIT.ok;
  });
}
