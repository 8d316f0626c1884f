/** Why nobody is signed in: a closed list, each with what a person reads and can do about it. */

export type FaultKind =
  | 'not_begun'
  | 'used'
  | 'other_issuer'
  | 'denied'
  | 'code_refused'
  | 'token_invalid'
  | 'provider_down'
  | 'misconfigured'
  | 'nobody'
  | 'revoked'
  | 'not_recorded'
  | 'unknown_issuer'
  | 'forged';

/** A sign-in, or its end, is refused. */
export class LoginFault {
  readonly kind: FaultKind;
  /** For the operator's log; holds no secret. */
  readonly detail: string;

  constructor(kind: FaultKind, detail: string) {
    this.kind = kind;
    this.detail = detail;
  }
}

export interface FaultRow {
  readonly status: 400 | 403 | 503 | 500 | 404;
  readonly title: string;
  /** What happened, and what to do next. */
  readonly text: string;
  readonly mayRetry: boolean;
}

export const FAULTS: Readonly<Record<FaultKind, FaultRow>> = {
  not_begun: {
    status: 400,
    title: 'This sign-in does not belong to this browser window',
    text: 'It was begun in another browser or another tab, or took longer than ten minutes. Nobody was signed in. Begin again.',
    mayRetry: true,
  },
  used: {
    status: 400,
    title: 'This sign-in was used already',
    text: 'The answer of a provider counts once. If you came here with the back button, go on from the start page; otherwise begin again.',
    mayRetry: true,
  },
  other_issuer: {
    status: 400,
    title: 'The answer came from the wrong place',
    text: 'The provider that answered is not the one that was asked, so the answer was not used. Begin again; if it happens again, tell the operator of this gateway.',
    mayRetry: true,
  },
  denied: {
    status: 403,
    title: 'The provider did not sign you in',
    text: 'It was stopped there, or the provider does not let you use this gateway. Begin again, or ask your administrator for access.',
    mayRetry: true,
  },
  code_refused: {
    status: 400,
    title: 'The sign-in could not be finished',
    text: 'The provider does not accept its answer any more: it is too old or was used before. Begin again.',
    mayRetry: true,
  },
  token_invalid: {
    status: 400,
    title: 'The sign-in could not be verified',
    text: 'What the provider says about you does not belong to this sign-in or is not signed as it has to be. Nobody was signed in. Begin again; if it happens again, tell the operator of this gateway.',
    mayRetry: true,
  },
  provider_down: {
    status: 503,
    title: 'The provider cannot be reached',
    text: 'The gateway could not ask the provider, so nobody was signed in. Try again in a minute; if it lasts, tell the operator of this gateway.',
    mayRetry: true,
  },
  misconfigured: {
    status: 500,
    title: 'Sign-in is not set up rightly',
    text: 'The provider and this gateway do not agree on how people sign in. Tell the operator of this gateway; the log says what is wrong.',
    mayRetry: false,
  },
  nobody: {
    status: 403,
    title: 'The provider does not say who you are',
    text: 'What it says about you names no person that this gateway could know. Tell the operator of this gateway; the log says what is missing.',
    mayRetry: false,
  },
  revoked: {
    status: 403,
    title: 'Your access was revoked',
    text: 'You were signed in at the provider, but access to this gateway was revoked. Ask your administrator.',
    mayRetry: false,
  },
  not_recorded: {
    status: 503,
    title: 'The sign-in could not be recorded',
    text: 'Nobody is signed in without a record. Try again in a minute; if it lasts, tell the operator of this gateway.',
    mayRetry: true,
  },
  unknown_issuer: {
    status: 404,
    title: 'There is no such provider',
    text: 'The address names a provider that this gateway does not know. Choose one on the sign-in page.',
    mayRetry: true,
  },
  forged: {
    status: 403,
    title: 'The request was not made by a page of this gateway',
    text: 'Nothing was changed. Go back to the sign-in page and try again from there.',
    mayRetry: true,
  },
};
