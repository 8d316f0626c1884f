/** One OpenID provider, as a client of it: the authorization code flow with PKCE, and logout. */
import { decodeProtectedHeader } from 'jose';
import {
  Configuration,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  clockTolerance,
  customFetch,
  discovery,
  fetchUserInfo,
  type CustomFetch,
  type ServerMetadata,
} from 'openid-client';
import { hostsOf } from '../egress/index.ts';
import { isJsonObject, parseExact, type Clock, type JsonObject } from '../kernel/index.ts';
import { authenticationOf } from './client-authentication.ts';
import { LoginFault } from './fault.ts';
import type { Flow } from './flow.ts';
import { guardedFetch, Unreachable } from './guarded-fetch.ts';
import { readLogoutToken, type LogoutSubject } from './logout-token.ts';
import type { IssuerFacts } from './ports.ts';
import { faultOf } from './provider-faults.ts';
import type { ProviderConfig } from './schema.ts';
import { SignedTokens } from './signed-tokens.ts';

const METADATA_MS = 3_600_000;
/** How long a provider that could not be asked is left alone. */
const PAUSE_MS = 1000;
const TIMEOUT_SECONDS = 5;

export class Provider {
  readonly config: ProviderConfig;
  private readonly facts: IssuerFacts;
  private readonly clock: Clock;
  private readonly send: CustomFetch;
  private readonly tokens: SignedTokens;
  private kept: { readonly client: Configuration; readonly atMs: number } | undefined;
  private failedMs = Number.NEGATIVE_INFINITY;
  private asking: Promise<Configuration> | undefined;

  constructor(config: ProviderConfig, facts: IssuerFacts, clock: Clock) {
    this.config = config;
    this.facts = facts;
    this.clock = clock;
    const named = [facts.issuer, facts.jwksUri ?? ''].flatMap(hostsOf);
    this.send = guardedFetch(named, clock, facts.wayOut);
    this.tokens = new SignedTokens({
      facts,
      clientId: config.clientId,
      clock,
      send: this.send,
      jwksUri: async () => (await this.client()).serverMetadata().jwks_uri,
    });
  }

  /**
   * Where the browser goes to sign in.
   * @param isAlone no other provider may answer in its place
   */
  async begin(flow: Flow, redirectUri: string, isAlone: boolean): Promise<URL | LoginFault> {
    try {
      const client = await this.client();
      const { callback } = this.config;
      if (!isAlone && callback === undefined && !saysWhoAnswers(client)) {
        return new LoginFault(
          'misconfigured',
          `${this.facts.issuer} does not say who answers (RFC 9207), so beside other providers it ` +
            'needs login.providers[].callback',
        );
      }
      return buildAuthorizationUrl(client, {
        redirect_uri: redirectUri,
        response_type: 'code',
        scope: this.config.scopes.join(' '),
        state: flow.state,
        nonce: flow.nonce,
        code_challenge: await calculatePKCECodeChallenge(flow.verifier),
        code_challenge_method: 'S256',
      });
    } catch (error) {
      return faultOf(error);
    }
  }

  /**
   * Exchanges the code and verifies who came.
   * @param answer the address at which the browser came back: the redirect URI and what was added
   * @returns what the provider says about the person
   */
  async finish(answer: URL, flow: Flow): Promise<JsonObject | LoginFault> {
    try {
      const client = await this.client();
      if (saysWhoAnswers(client) && !answer.searchParams.has('iss')) {
        return new LoginFault(
          'other_issuer',
          `the answer does not say that ${flow.issuer} gave it`,
        );
      }
      const tokens = await authorizationCodeGrant(client, answer, {
        expectedState: flow.state,
        expectedNonce: flow.nonce,
        pkceCodeVerifier: flow.verifier,
        idTokenExpected: true,
      });
      const claims = await this.tokens.verify(tokens.id_token ?? '');
      if (claims['nonce'] !== flow.nonce) return new LoginFault('token_invalid', 'another nonce');
      const { access_token: accessToken } = tokens;
      const isOffered = client.serverMetadata().userinfo_endpoint !== undefined;
      if (!this.config.userInfo || !isOffered) return claims;
      const subject = typeof claims['sub'] === 'string' ? claims['sub'] : '';
      // What the ID token says is signed, so it counts more.
      return { ...jsonOf(await fetchUserInfo(client, accessToken, subject)), ...claims };
    } catch (error) {
      return faultOf(error);
    }
  }

  /** Where the browser goes to sign out; undefined where the provider offers nothing or is away. */
  async endSession(returnTo: string): Promise<URL | undefined> {
    try {
      const client = await this.client();
      if (client.serverMetadata().end_session_endpoint === undefined) return undefined;
      return buildEndSessionUrl(client, { post_logout_redirect_uri: returnTo });
    } catch {
      return undefined;
    }
  }

  /**
   * Whom a logout token is about.
   * @returns words for the provider where it does not count
   */
  async readLogout(token: string): Promise<LogoutSubject | LoginFault> {
    try {
      const claims = await this.tokens.verify(token);
      const read = readLogoutToken(claims, decodeProtectedHeader(token).typ, this.clock.nowMs());
      return typeof read === 'string' ? new LoginFault('token_invalid', read) : read;
    } catch (error) {
      return faultOf(error);
    }
  }

  private async client(): Promise<Configuration> {
    const nowMs = this.clock.nowMs();
    if (this.kept !== undefined && nowMs - this.kept.atMs < METADATA_MS) return this.kept.client;
    if (nowMs - this.failedMs < PAUSE_MS) {
      throw new Unreachable(`${this.facts.issuer} could not be asked a moment ago`);
    }
    this.asking ??= this.discover().finally(() => (this.asking = undefined));
    return await this.asking;
  }

  private async discover(): Promise<Configuration> {
    const { issuer, algorithms, clockSkewSeconds } = this.facts;
    const { clientId, clientSecret } = this.config;
    const url = new URL(issuer);
    const execute = url.protocol === 'http:' ? [allowInsecureRequests] : [];
    const options = { [customFetch]: this.send, execute, timeout: TIMEOUT_SECONDS };
    try {
      const found = await discovery(url, clientId, undefined, undefined, options);
      const server = withAlgorithms(found.serverMetadata(), algorithms);
      if (server.issuer !== issuer) throw new Unreachable(`${issuer} is found as another issuer`);
      const secret = clientSecret === undefined ? {} : { client_secret: clientSecret };
      const metadata = { ...secret, [clockTolerance]: clockSkewSeconds };
      const auth = authenticationOf(this.config, server, this.clock);
      const client = new Configuration(server, clientId, metadata, auth);
      client[customFetch] = this.send;
      client.timeout = TIMEOUT_SECONDS;
      for (const each of execute) each(client);
      this.kept = { client, atMs: this.clock.nowMs() };
      return client;
    } catch (error) {
      this.failedMs = this.clock.nowMs();
      throw error;
    }
  }
}

function saysWhoAnswers(client: Configuration): boolean {
  return client.serverMetadata().authorization_response_iss_parameter_supported === true;
}

/** Only signatures that are taken here, also where the provider would use others. */
function withAlgorithms(server: ServerMetadata, taken: readonly string[]): ServerMetadata {
  const offered = server.id_token_signing_alg_values_supported ?? ['RS256'];
  const both = offered.filter((each) => taken.includes(each));
  return { ...server, id_token_signing_alg_values_supported: both };
}

function jsonOf(value: object): JsonObject {
  const json = parseExact(JSON.stringify(value));
  return isJsonObject(json) ? json : {};
}
