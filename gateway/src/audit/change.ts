/** The record of a change that somebody made to the gateway itself. */
import { principalPart, type Named } from './principal-part.ts';
import { quote, quoteForeign, withoutHidden } from './quote.ts';

/** A change that was begun, made, refused or tried. */
export interface ChangeEntry {
  /** The same in every record of one change that has more than one. */
  readonly id?: string | undefined;
  /** Who made it. */
  readonly principal: Named;
  /** What was done, as policy names it: `keys.write`. */
  readonly action: string;
  /** What it was done to: `key 3f0a91c2d4e5`. */
  readonly thing: string;
  /** How it ended: `done`, `refused`, `failed`; `begun` where a further record says so. */
  readonly outcome: 'begun' | 'done' | 'refused' | 'failed';
  /** The decision on it, where policy made one. */
  readonly decision?: { readonly id: string; readonly rule: string } | undefined;
  /** What more there is to say; never a secret, a key or a token. JSON; long ones are left out. */
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

const MAX_DETAILS_CHARS = 4096;

/** @returns the line, its line end included */
export function changeLine(entry: ChangeEntry, time: string): string {
  const { id, principal, action, thing, outcome, decision, details } = entry;
  const named = id === undefined ? '' : `,"id":${quote(id)}`;
  const decided =
    decision === undefined
      ? ''
      : `,"decision":${quote(decision.id)},"rule":${quote(decision.rule)}`;
  return (
    `{"time":"${time}","kind":"change"${named}${principalPart(principal)},"action":${quote(action)}` +
    `,"thing":${quoteForeign(thing)}${decided},"outcome":"${outcome}"${detailsPart(details)}}\n`
  );
}

function detailsPart(details: ChangeEntry['details']): string {
  if (details === undefined) return '';
  const json = JSON.stringify(details);
  if (json.length > MAX_DETAILS_CHARS) return `,"details":"(${json.length} characters)"`;
  return `,"details":${withoutHidden(json)}`;
}
