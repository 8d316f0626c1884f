/** Where an API is: as its document says, or as a person says. */
import { addressFault, hostsOf } from '../egress/index.ts';
import type { PreviewReport } from '../upstreams/index.ts';

export interface ServerOfApi {
  /** What the document says, whole; '' where it does not say it. */
  readonly address: string;
  /** Why a person has to say it; '' where the document's word is enough. */
  readonly problem: string;
  /** What an address looks like, for who has to say it. */
  readonly example: string;
}

const EXAMPLE = 'https://api.example.com';

/** A server at a private address is not asked because a document says so. */
export function serverOfApi(source: string, { kind, servers }: PreviewReport): ServerOfApi {
  const documentUrl = /^https?:/i.test(source) ? URL.parse(source) : null;
  const candidates = servers.map((one) => URL.parse(one, documentUrl?.href));
  const found = candidates.find((url) => url !== null && /^https?:$/.test(url.protocol));
  if (found === undefined || found === null) {
    // A schema says nothing of where it is spoken, not even that it is where the file is.
    if (kind === 'graphql') return { address: '', ...NO_ENDPOINT };
    const isRoot = servers.length === 0 && documentUrl !== null;
    if (isRoot) return { address: documentUrl.origin, problem: '', example: EXAMPLE };
    const problem = 'the document does not say where the API is';
    return { address: '', problem, example: EXAMPLE };
  }
  const allow = documentUrl === null ? [] : hostsOf(documentUrl.href);
  const why = addressFault(found, { allow });
  const problem = why === undefined ? '' : `the document names ${found.href}: ${why}`;
  return { address: found.href, problem, example: found.href };
}

const NO_ENDPOINT = {
  problem: 'a GraphQL schema does not say where the API is',
  example: `${EXAMPLE}/graphql`,
};
