/** Numbers of things, and long lists of them. */

/** `1 tool`, `12,345 tools`. */
export function count(number: number, noun: string): string {
  return `${grouped(number)} ${noun}${number === 1 ? '' : 's'}`;
}

/** `12,345`, whatever the machine's language. */
export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, ',');
}

/** How many of a list are shown: one that is only one longer is shown whole. */
export function shownOf(total: number, most: number): number {
  return total <= most + 1 ? total : most;
}

/** The last line of a list that is not shown whole. */
export function moreLine(rest: number): string {
  return `… and ${grouped(rest)} more (--all)`;
}
