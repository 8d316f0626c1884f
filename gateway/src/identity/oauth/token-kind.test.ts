import { describe, expect, test } from 'vitest';
import { headerFault, kindFault } from './token-kind.ts';

describe('the type in the header of a token', () => {
  test.each([undefined, '', 'JWT', 'jwt', 'at+jwt', 'AT+JWT', 'application/at+jwt'])(
    '%s may be an access token',
    (typ) => {
      expect(headerFault(typ === undefined ? {} : { typ })).toBeUndefined();
    },
  );
  test.each(['logout+jwt', 'dpop+jwt', 'id_token', 'secevent+jwt', 'JWT ', 7, null, ['JWT']])(
    '%j is of something else',
    (typ) => {
      expect(headerFault({ typ })).toMatch(/no access token/);
    },
  );
});

describe('the claims of a token', () => {
  test.each([
    {},
    { typ: 'Bearer' },
    { token_type: 'Bearer' },
    { token_use: 'access' },
    { nonce: 'n', cnf: {} },
  ])('%j are of an access token', (claims) => {
    expect(kindFault(claims)).toBeUndefined();
  });
  test.each([
    { at_hash: 'x' },
    { c_hash: 'x' },
    { events: {} },
    { typ: 'ID' },
    { typ: 'Refresh' },
    { typ: 'Offline' },
    { token_use: 'id' },
    { token_type: 'refresh_token' },
  ])('%j are of something else', (claims) => {
    expect(kindFault(claims)).toMatch(/no access token/);
  });
  test.each([{ cnf: { jkt: 'x' } }, { cnf: { 'x5t#S256': 'x' } }, { token_type: 'DPoP' }])(
    '%j need a proof',
    (claims) => {
      expect(kindFault(claims)).toMatch(/bound to a key/);
    },
  );
});
