/** The tables as the newest migration leaves them. */
export interface Tables {
  readonly uri_owner: UriOwnerRow;
  readonly api_key: ApiKeyRow;
  readonly usage: UsageRow;
  readonly secret: SecretTableRow;
  readonly revoked_subject: RevokedSubjectRow;
  readonly login_session: LoginSessionRow;
  readonly login_once: LoginOnceRow;
  readonly role_grant: RoleGrantRow;
  readonly admin_code: AdminCodeRow;
  readonly principal_seen: PrincipalSeenRow;
}

interface UriOwnerRow {
  readonly uri: string;
  readonly upstream: string;
}

/** Times are milliseconds since 1970; lists are JSON texts. */
export interface ApiKeyRow {
  readonly id: string;
  /** The key whose successor (and successor's successor …) this one is; its own id where it has none. */
  readonly first_id: string;
  readonly name: string;
  /** SHA-256 of the whole key, hexadecimal. */
  readonly hash: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: string;
  readonly scopes: string;
  readonly created_ms: number;
  readonly expires_ms: number | null;
  readonly revoked_ms: number | null;
  readonly replaced_by: string;
  /** `2026-01-31`; '' where it was never used. */
  readonly last_used_day: string;
}

/** Times are milliseconds since 1970; texts are '' where there is none. */
interface RevokedSubjectRow {
  readonly issuer: string;
  readonly subject: string;
  readonly sid: string;
  readonly revoked_ms: number;
  readonly expires_ms: number;
}

/** What was used within an hour; texts are '' where there is none. */
export interface UsageRow {
  /** When the hour began, milliseconds since 1970. */
  readonly hour_ms: number;
  readonly principal: string;
  readonly user: string;
  readonly team: string;
  readonly agent: string;
  readonly item: string;
  readonly endpoint: string;
  readonly calls: number;
  readonly refusals: number;
  readonly errors: number;
  readonly result_bytes: number;
  readonly tokens: number;
  readonly cost: number;
}

/** One version of a secret, sealed. */
export interface SecretTableRow {
  readonly name: string;
  readonly version: number;
  readonly sealed: string;
  readonly created_ms: number;
  /** Who set it, in words. */
  readonly created_by: string;
}

/** Times are milliseconds since 1970; texts are '' where there is none. */
export interface LoginSessionRow {
  readonly hash: string;
  readonly issuer: string;
  readonly subject: string;
  readonly sid: string;
  readonly claims: string;
  readonly created_ms: number;
  readonly seen_ms: number;
  readonly expires_ms: number;
}

/** What was taken, and may not be taken again before its time is over. */
interface LoginOnceRow {
  readonly hash: string;
  readonly expires_ms: number;
}

interface RoleGrantRow {
  /** `user:<user>` or `principal:<id>`. */
  readonly subject: string;
  readonly role: string;
  readonly granted_by: string;
  readonly granted_ms: number;
}

/** One row at most. */
interface AdminCodeRow {
  readonly id: number;
  /** SHA-256 of the code, hexadecimal. */
  readonly hash: string;
  readonly expires_ms: number;
}

/** Times are milliseconds since 1970; lists are JSON texts. */
export interface PrincipalSeenRow {
  readonly id: string;
  readonly kind: string;
  readonly verified_by: string;
  readonly user: string;
  readonly agent: string;
  readonly team: string;
  readonly groups: string;
  readonly scopes: string;
  readonly first_ms: number;
  readonly last_ms: number;
}
