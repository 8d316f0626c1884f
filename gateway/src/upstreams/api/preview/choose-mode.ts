/** How the tools of an API are listed where its configuration leaves that to us. */
import type { ModeChoice, TierPrices } from './report.ts';

/**
 * What `mode: auto` means: the mode that says most of all that fit the budget, `search` where none
 * does.
 * @param budgetTokens that its tools may take in a list
 */
export function chooseMode(
  { full, compact, search, isEstimate }: TierPrices,
  budgetTokens: number,
): ModeChoice {
  const about = isEstimate ? 'about ' : '';
  const budget = grouped(budgetTokens);
  if (full <= budgetTokens) {
    const why = `All definitions take ${about}${grouped(full)} tokens, which fits ${budget}.`;
    return { mode: 'full', budgetTokens, why };
  }
  const tooLong = `All definitions would take ${about}${grouped(full)} tokens`;
  if (compact <= budgetTokens) {
    const why = `${tooLong}, one line each takes ${grouped(compact)}, which fits ${budget}.`;
    return { mode: 'compact', budgetTokens, why };
  }
  const why =
    `${tooLong} and one line each ${grouped(compact)}, more than ${budget}; tools to search ` +
    `and call them take ${grouped(search)}.`;
  return { mode: 'search', budgetTokens, why };
}

/** `12,345`, whatever the machine's language. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}
