/** Where the gateway is for browsers: addresses of its own pages, made of `server.publicUrl` only. */

export const CALLBACK = '/oauth/callback';

const MAX_RETURN_CHARACTERS = 2048;

export class Place {
  /** Without a slash at its end. */
  readonly base: string;
  /** Whether cookies go over TLS only. */
  readonly isSecure: boolean;
  private readonly origin: string;
  private readonly prefix: string;

  /** @param publicUrl an http or https URL; it may have a path */
  constructor(publicUrl: string) {
    const { origin, pathname, protocol } = new URL(publicUrl);
    this.origin = origin;
    this.prefix = pathname.replace(/\/+$/, '');
    this.base = `${origin}${this.prefix}`;
    this.isSecure = protocol === 'https:';
  }

  /** What stands in links and `Location` for a path of ours. */
  link(path: string): string {
    return `${this.prefix}${path}`;
  }

  redirectUri(callback: string | undefined): string {
    return `${this.base}${CALLBACK}${callback === undefined ? '' : `/${callback}`}`;
  }

  /**
   * The path (with its query) to come back to after the sign-in.
   * @param asked what stood in the address: anything
   * @returns a path of this very gateway as browsers read it; that of the sign-in page for anything else
   */
  returnPath(asked: string | undefined): string {
    const nowhere = this.link('/login');
    if (asked === undefined || asked.length > MAX_RETURN_CHARACTERS) return nowhere;
    if (!/^\/(?![/\\])[\x21-\x5b\x5d-\x7e]*$/.test(asked)) return nowhere;
    const url = URL.parse(asked, this.origin);
    if (url === null || url.origin !== this.origin || url.pathname.startsWith('//')) return nowhere;
    return `${url.pathname}${url.search}`;
  }
}
