/** What openid-client and jose throw, as what a person reads. */
import { errors } from 'jose';
import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { LoginFault } from './fault.ts';
import { Unreachable } from './guarded-fetch.ts';

/** Codes of errors after which the provider is asked again later, rather than not believed. */
const AWAY: ReadonlySet<string> = new Set([
  'OAUTH_TIMEOUT',
  'OAUTH_ABORT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
  'OAUTH_PARSE_ERROR',
]);

/** Of errors that nobody expects, throws them on. */
export function faultOf(error: unknown): LoginFault {
  if (error instanceof Unreachable) return new LoginFault('provider_down', error.message);
  if (error instanceof AuthorizationResponseError) {
    return new LoginFault('denied', `the provider answered ${named(error.error)}`);
  }
  if (error instanceof ResponseBodyError) return ofTokenEndpoint(error);
  if (error instanceof WWWAuthenticateChallengeError) {
    return new LoginFault('misconfigured', `the provider refused with HTTP ${error.status}`);
  }
  if (error instanceof ClientError) return ofClient(error);
  // What it cannot work with in metadata or answers, it says by type errors that have a code.
  if (error instanceof TypeError && 'code' in error) {
    return new LoginFault('misconfigured', error.message);
  }
  if (error instanceof errors.JOSEError) {
    const claim = 'claim' in error && typeof error.claim === 'string' ? ` (${error.claim})` : '';
    return new LoginFault('token_invalid', `${error.code}${claim}`);
  }
  throw error;
}

function ofTokenEndpoint({ error, status }: ResponseBodyError): LoginFault {
  const detail = `the token endpoint answered ${status}, ${named(error)}`;
  if (error === 'invalid_grant') return new LoginFault('code_refused', detail);
  return new LoginFault(status >= 500 ? 'provider_down' : 'misconfigured', detail);
}

function ofClient(error: ClientError): LoginFault {
  const { cause, code = '' } = error;
  if (cause instanceof Unreachable) return new LoginFault('provider_down', cause.message);
  const detail = `${error.message}${code === '' ? '' : ` (${code})`}`;
  return new LoginFault(AWAY.has(code) ? 'provider_down' : 'token_invalid', detail);
}

/** An error code of another party, safe for a line of the log. */
function named(code: string): string {
  return /^[\w.-]{1,64}$/.test(code) ? code : 'an error without a usable name';
}
