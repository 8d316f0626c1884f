/** What the operator says of how the gateway proves to an upstream who it is. */
import type { ClientKeySettings } from '../secrets/index.ts';

/** A client at a token endpoint. */
export interface ClientSettings {
  readonly clientId: string;
  /** One of the two is there. */
  readonly clientSecret?: string | undefined;
  readonly clientKey?: ClientKeySettings | undefined;
  /** Of the secret. `header`: client_secret_basic; `body`: client_secret_post. */
  readonly sendIn: 'header' | 'body';
}

interface TokenWishes {
  readonly tokenUrl: string;
  readonly scopes?: readonly string[] | undefined;
  readonly audience?: string | undefined;
  readonly resource?: string | undefined;
}

export interface ClientGrantSettings extends ClientSettings, TokenWishes {}

/** Credentials of the gateway's own: exactly one of them. */
export interface OwnSettings {
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly bearer?: string | undefined;
  readonly basic?: { readonly username: string; readonly password: string } | undefined;
  readonly query?: { readonly name: string; readonly value: string } | undefined;
  readonly clientCredentials?: ClientGrantSettings | undefined;
}

export interface ExchangeSettings extends TokenWishes {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly clientKey?: ClientKeySettings | undefined;
  readonly sendIn: ClientSettings['sendIn'];
  /** What the gateway presents where nobody calls, as for lists. */
  readonly discovery: 'none' | OwnSettings;
}

export interface AuthSettings extends OwnSettings {
  readonly tokenExchange?: ExchangeSettings | undefined;
}
