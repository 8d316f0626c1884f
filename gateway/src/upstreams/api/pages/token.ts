/** `_page`: a sealed place in a list, worth nothing to anybody else and in no other operation. */
import type { Asker, PageSealer } from '../results/contract.ts';
import type { OpenedPage } from '../results/controls.ts';

const PURPOSE = 'api-page';

/** What a page is bound to beside the arguments. */
export interface PageOwner extends Omit<Asker, 'readTool'> {
  readonly upstream: string;
  readonly operation: string;
}

export function sealPage(
  sealer: PageSealer,
  owner: PageOwner,
  { position, argumentsDigest }: OpenedPage,
  expiresAtMs: number,
): string {
  const text = JSON.stringify([position.at, position.before, argumentsDigest]);
  return sealer.seal(PURPOSE, text, contextOf(owner), expiresAtMs);
}

/** @returns undefined for whatever was not sealed for this owner, or has expired */
export function openPage(
  sealer: PageSealer,
  owner: PageOwner,
  token: string,
): OpenedPage | undefined {
  const text = sealer.open(PURPOSE, token, contextOf(owner));
  return text === undefined ? undefined : readPosition(text);
}

function readPosition(text: string): OpenedPage | undefined {
  const value: unknown = JSON.parse(text);
  if (!Array.isArray(value)) return undefined;
  const parts: readonly unknown[] = value;
  const [at, before, argumentsDigest] = parts;
  const isWhole =
    typeof at === 'string' && typeof before === 'number' && typeof argumentsDigest === 'string';
  return isWhole ? { position: { at, before }, argumentsDigest } : undefined;
}

function contextOf({ principal, endpoint, upstream, operation }: PageOwner): string {
  return JSON.stringify([principal, endpoint, upstream, operation]);
}
