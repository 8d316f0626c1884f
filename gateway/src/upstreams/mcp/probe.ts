/** What the answer to `server/discover` says about a server's era (2026-07-28, versioning). */
import { MODERN_REVISIONS, Refusal, type Era } from '../../kernel/index.ts';
import type { OwnAnswer, OwnRequest } from './own-flight.ts';
import { invalidAnswer, supportedVersions } from './peer-head.ts';

/** Longest answer to `initialize` and `server/discover`, bytes. */
export const MAX_HEAD_BYTES = 1024 * 1024;

export const DISCOVER: OwnRequest = {
  method: 'server/discover',
  params: '',
  maxBytes: MAX_HEAD_BYTES,
};

/** Codes that only a modern server knows. */
const MODERN_ERRORS: ReadonlySet<string> = new Set(['-32020', '-32021', '-32022']);
const UNSUPPORTED_VERSION = '-32022';

const SERVED: ReadonlySet<string> = new Set(MODERN_REVISIONS);

/**
 * A DiscoverResult or an error of the modern era is evidence of it, any other answer of the legacy
 * one. A server that is modern but serves no revision of ours is `upstream_invalid`; other refusals
 * are no evidence and come back as they are.
 */
export function judgeEra(answer: OwnAnswer): Era | Refusal {
  if (answer instanceof Refusal) return answer;
  const { kind, view, value } = answer;
  if (kind === 'error') {
    const code = view.raw(view.member(value, 'code'));
    if (!MODERN_ERRORS.has(code)) return 'legacy';
    if (code !== UNSUPPORTED_VERSION) return 'modern';
    const supported = view.value(view.member(view.member(value, 'data'), 'supported'));
    return servesOurs(Array.isArray(supported) ? supported : []) ? 'modern' : foreignRevision();
  }
  const versions = supportedVersions(answer);
  if (versions.length === 0) return 'legacy';
  return servesOurs(versions) ? 'modern' : foreignRevision();
}

function servesOurs(versions: readonly unknown[]): boolean {
  return versions.some((version) => typeof version === 'string' && SERVED.has(version));
}

function foreignRevision(): Refusal {
  return invalidAnswer(`It serves none of the revisions ${MODERN_REVISIONS.join(', ')}.`);
}
