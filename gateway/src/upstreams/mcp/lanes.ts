/** Links of one key that calls which may be asked something do not share. */
import { Refusal } from '../../kernel/index.ts';

/** So many such calls of one caller run at once, each on its own link. */
const MAX_LANES = 4;

export class Lanes {
  private readonly taken = new Set<string>();

  /**
   * @param keyOf the key of a lane, 0 to 3
   * @param isBusy a call that may be asked something runs on this link already
   * @returns the key of a lane nobody else uses; `upstream_busy` where there is none
   */
  take(keyOf: (lane: number) => string, isBusy: (key: string) => boolean): string | Refusal {
    for (let lane = 0; lane < MAX_LANES; lane++) {
      const key = keyOf(lane);
      if (this.taken.has(key) || isBusy(key)) continue;
      this.taken.add(key);
      return key;
    }
    const text = `It asks without saying for which call, so only ${MAX_LANES} calls that it may ask something run at once.`;
    return new Refusal('upstream_busy', { text });
  }

  release(key: string): void {
    this.taken.delete(key);
  }
}
