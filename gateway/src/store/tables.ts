/** The tables as the newest migration leaves them. */
export interface Tables {
  readonly uri_owner: UriOwnerRow;
}

interface UriOwnerRow {
  readonly uri: string;
  readonly upstream: string;
}
