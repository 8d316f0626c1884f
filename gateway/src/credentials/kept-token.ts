/** One token that is fetched when it is needed, by one request for all who need it at the time. */
import type { Clock } from '../kernel/index.ts';
import type { Granted, Token } from './token.ts';

export class KeptToken {
  private readonly fetch: () => Promise<Granted | string>;
  private readonly clock: Clock;
  private value = '';
  private endsMs = 0;
  private underWay: Promise<Token> | undefined;

  /** @param fetch resolves with words where there is none; never rejects */
  constructor(fetch: () => Promise<Granted | string>, clock: Clock) {
    this.fetch = fetch;
    this.clock = clock;
  }

  /** The token where it is at hand and still good; '' where it has to be fetched. */
  get ready(): string {
    return this.clock.nowMs() < this.endsMs ? this.value : '';
  }

  /** Whoever leaves (`signal`) leaves the request to the others. Never rejects. */
  get(signal?: AbortSignal): Promise<Token> {
    const { ready } = this;
    if (ready !== '') return Promise.resolve({ ok: true, value: ready });
    this.underWay ??= this.fetchOne().finally(() => {
      this.underWay = undefined;
    });
    return signal === undefined ? this.underWay : unless(signal, this.underWay);
  }

  /** It was refused: the next `get` fetches another, unless that has happened already. */
  refused(value: string): void {
    if (this.value === value) this.endsMs = 0;
  }

  private async fetchOne(): Promise<Token> {
    const granted = await this.fetch();
    if (typeof granted === 'string') return { ok: false, why: granted };
    this.value = granted.value;
    this.endsMs = this.clock.nowMs() + granted.lifeMs;
    return { ok: true, value: granted.value };
  }
}

function unless(signal: AbortSignal, token: Promise<Token>): Promise<Token> {
  return new Promise((resolve) => {
    const leave = (): void => resolve({ ok: false, why: 'The call was cancelled.' });
    if (signal.aborted) leave();
    signal.addEventListener('abort', leave, { once: true });
    void token.then((value) => {
      signal.removeEventListener('abort', leave);
      resolve(value);
    });
  });
}
