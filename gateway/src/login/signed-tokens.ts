/** What a provider signs about people: ID tokens and logout tokens. */
import { errors, jwtVerify, type JWTPayload, type JWTVerifyOptions } from 'jose';
import type { CustomFetch } from 'openid-client';
import { IssuerKeys, namedAddress } from '../identity/index.ts';
import { isJsonObject, parseExact, type Clock, type JsonObject } from '../kernel/index.ts';
import { Unreachable } from './guarded-fetch.ts';
import type { IssuerFacts } from './ports.ts';

export interface SignedTokensDeps {
  readonly facts: IssuerFacts;
  readonly clientId: string;
  readonly clock: Clock;
  readonly send: CustomFetch;
  /** Where the provider says that its keys are. */
  readonly jwksUri: () => Promise<string | undefined>;
}

export class SignedTokens {
  private readonly deps: SignedTokensDeps;
  private readonly keys: IssuerKeys;

  constructor(deps: SignedTokensDeps) {
    this.deps = deps;
    const { clock, facts } = deps;
    this.keys = new IssuerKeys({
      clock,
      read: () => this.readKeys(),
      fault: (why) => new Unreachable(`the keys of ${facts.issuer} ${why}`),
    });
  }

  /**
   * Signature, issuer, audience and times: the same for both kinds.
   * @throws {Unreachable} where the keys cannot be read, a JOSEError where the token does not count
   */
  async verify(token: string): Promise<JsonObject> {
    const { facts, clientId, clock } = this.deps;
    const options: JWTVerifyOptions = {
      algorithms: [...facts.algorithms],
      issuer: facts.issuer,
      audience: clientId,
      clockTolerance: facts.clockSkewSeconds,
      currentDate: new Date(clock.nowMs()),
      requiredClaims: ['exp', 'iat'],
    };
    const check = async (isUnknown: boolean): Promise<JWTPayload> =>
      (await jwtVerify(token, await this.keys.get(isUnknown), options)).payload;
    const payload = await check(false).catch((error: unknown) => {
      if (error instanceof errors.JWKSNoMatchingKey) return check(true);
      throw error;
    });
    if (payload['azp'] !== undefined && payload['azp'] !== clientId) {
      throw new errors.JWTClaimValidationFailed('azp is another client', payload, 'azp');
    }
    return objectIn(JSON.stringify(payload));
  }

  private async readKeys(): Promise<JsonObject> {
    const { issuer, jwksUri } = this.deps.facts;
    const response = await this.deps.send(jwksUri ?? (await this.namedAddress()), {
      method: 'GET',
      headers: { accept: 'application/json, application/jwk-set+json' },
      body: undefined,
      redirect: 'manual',
    });
    if (response.status !== 200) {
      throw new Unreachable(`the keys of ${issuer}: HTTP ${response.status}`);
    }
    return objectIn(await response.text());
  }

  private async namedAddress(): Promise<string> {
    const { issuer } = this.deps.facts;
    const address = namedAddress(issuer, 'jwks_uri', await this.deps.jwksUri());
    if (typeof address === 'string') throw new Unreachable(`${issuer} ${address}`);
    return address.href;
  }
}

/** An empty one where the text is no JSON object. */
function objectIn(text: string): JsonObject {
  try {
    const value = parseExact(text);
    return isJsonObject(value) ? value : {};
  } catch {
    return {};
  }
}
