/** Requests of the bridge itself, whose answer the client does not see. */
import type { Clock } from '../../kernel/index.ts';
import type { Asking, Peer } from './peer.ts';

export interface WholeAnswer {
  /** 0 where there was none in time. */
  readonly status: number;
  readonly sessionId: string;
  /** The last message; '' where there was none. */
  readonly text: string;
}

/** Asks and resolves with the last message; never rejects. */
export function askOnce(
  peer: Peer,
  asking: Asking,
  clock: Clock,
  timeoutMs: number,
): Promise<WholeAnswer> {
  return new Promise((resolve) => {
    let answer: WholeAnswer = { status: 0, sessionId: '', text: '' };
    const leave = peer.ask(asking, {
      head: (status, sessionId) => (answer = { ...answer, status, sessionId }),
      message: (text) => (answer = { ...answer, text }),
      end: () => {
        timer.cancel();
        resolve(answer);
      },
    });
    const timer = clock.after(timeoutMs, () => {
      leave();
      resolve(answer);
    });
  });
}
