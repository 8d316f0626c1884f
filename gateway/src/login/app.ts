/** The pages themselves. Loaded at the first request to one of them: most gateways never need it. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono, type Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { html } from 'hono/html';
import { decodeJwt } from 'jose';
import { Desk, type Onward } from './desk.ts';
import { FAULTS, LoginFault } from './fault.ts';
import { STYLE, choicePage, faultPage, signOutPage, signedInPage, signedOutPage } from './pages.ts';
import { CALLBACK } from './place.ts';
import type { LoginDeps } from './ports.ts';
import { CSRF_HEADER, showsCsrf, type OpenSession, type Sessions } from './sessions.ts';
import type { LoginSettings } from './settings.ts';

type Page = ReturnType<typeof html>;

const MAX_BODY_BYTES = 64 * 1024;

/** @param current what is in force; a page is only asked for where something is */
export function createApp(deps: LoginDeps, sessions: Sessions, current: () => LoginSettings) {
  let desk: Desk | undefined;
  const deskNow = (): Desk => {
    const settings = current();
    if (desk?.settings !== settings) desk = new Desk(settings, deps, sessions);
    return desk;
  };
  const app = new Hono();
  app.use(
    bodyLimit({
      maxSize: MAX_BODY_BYTES,
      onError: (c) => c.text('The body is too long.\n', 413, plainHeaders()),
    }),
  );
  const pages = new Handlers(deps, sessions, deskNow);
  app.get('/login', (c) => pages.start(c));
  app.get('/login/session', (c) => pages.session(c));
  app.get('/login/style.css', (c) => pages.style(c));
  app.post('/login/backchannel-logout', (c) => pages.logoutToken(c));
  app.get(CALLBACK, (c) => pages.callback(c, ''));
  app.get(`${CALLBACK}/:name`, (c) => pages.callback(c, `/${c.req.param('name')}`));
  app.get('/logout', (c) => pages.askSignOut(c));
  app.post('/logout', (c) => pages.signOut(c));
  app.get('/logout/done', (c) => pages.show(c, 200, signedOutPage(current().place)));
  app.notFound((c) => c.text('There is no such page.\n', 404, plainHeaders()));
  app.onError((error, c) => {
    deps.onBug(error);
    return c.text(
      'Something went wrong in the gateway. Try again in a minute.\n',
      500,
      plainHeaders(),
    );
  });
  const listener = getRequestListener((request) => app.fetch(request), {
    overrideGlobalObjects: false,
    hostname: 'localhost',
  });
  return (request: IncomingMessage, response: ServerResponse): void => {
    void listener(request, response).catch(deps.onBug);
  };
}

class Handlers {
  private readonly deps: LoginDeps;
  private readonly sessions: Sessions;
  private readonly desk: () => Desk;

  constructor(deps: LoginDeps, sessions: Sessions, desk: () => Desk) {
    this.deps = deps;
    this.sessions = sessions;
    this.desk = desk;
  }

  /** With one provider, or one that was chosen, on to it; else the choice. */
  async start(c: Context): Promise<Response> {
    const { place, config } = this.desk().settings;
    const [issuer, returnTo] = [c.req.query('issuer'), c.req.query('return')];
    if (issuer === undefined && returnTo === undefined) {
      const session = await this.sessions.find(c.req.header('cookie'));
      if (session !== undefined) return this.show(c, 200, signedInPage(place, shownOf(session)));
    }
    const [only] = config.providers;
    const chosen = issuer ?? (config.providers.length === 1 ? only?.issuer : undefined);
    if (chosen !== undefined) return this.onward(c, await this.desk().begin(chosen, returnTo), 302);
    const choices = config.providers.map((each) => {
      const query = new URLSearchParams({ issuer: each.issuer });
      if (returnTo !== undefined) query.set('return', place.returnPath(returnTo));
      return {
        title: each.title ?? new URL(each.issuer).host,
        link: place.link(`/login?${query.toString()}`),
      };
    });
    return this.show(c, 200, choicePage(place, choices));
  }

  /** Who is signed in, and what a request of our own pages has to show. */
  async session(c: Context): Promise<Response> {
    const session = await this.sessions.find(c.req.header('cookie'));
    if (session === undefined) return c.json({ signedIn: false }, 401, plainHeaders());
    const { csrf, expiresMs, issuer, principal } = session;
    const { user, team, groups } = principal;
    const expires = new Date(expiresMs).toISOString();
    return c.json(
      { signedIn: true, user, team, groups, issuer, expires, csrf },
      200,
      plainHeaders(),
    );
  }

  style(c: Context): Response {
    return c.body(STYLE, 200, {
      ...plainHeaders(),
      'content-type': 'text/css; charset=utf-8',
      'cache-control': 'public, max-age=3600',
    });
  }

  async callback(c: Context, path: string): Promise<Response> {
    const query = new URL(c.req.url).searchParams;
    return this.onward(c, await this.desk().finish(path, query, c.req.header('cookie')), 303);
  }

  async askSignOut(c: Context): Promise<Response> {
    const { place } = this.desk().settings;
    const session = await this.sessions.find(c.req.header('cookie'));
    if (session === undefined) return this.show(c, 200, signedOutPage(place));
    const page = signOutPage(place, shownOf(session), session.csrf);
    // A browser holds the redirect after a form to the same list as the form.
    return this.show(c, 200, page, await this.desk().signOutOrigin(session.issuer));
  }

  async signOut(c: Context): Promise<Response> {
    const session = await this.sessions.find(c.req.header('cookie'));
    const form = new URLSearchParams(await c.req.text());
    const shown = c.req.header(CSRF_HEADER) ?? form.get('csrf') ?? undefined;
    if (session !== undefined && !showsCsrf(session, shown)) {
      return this.onward(c, new LoginFault('forged', 'a sign-out without its value'), 303);
    }
    return this.onward(c, await this.desk().signOut(c.req.header('cookie')), 303);
  }

  /** OpenID Connect Back-Channel Logout 1.0, sections 2.5 to 2.8. */
  async logoutToken(c: Context): Promise<Response> {
    const isForm = /^application\/x-www-form-urlencoded\b/i.test(
      c.req.header('content-type') ?? '',
    );
    const tokens = isForm ? new URLSearchParams(await c.req.text()).getAll('logout_token') : [];
    const [token] = tokens;
    if (token === undefined || tokens.length > 1) {
      return this.refuseLogout(c, new LoginFault('token_invalid', 'one logout_token is needed'));
    }
    const fault = await this.desk().logOut(issuerIn(token), token);
    if (fault !== undefined) return this.refuseLogout(c, fault);
    return c.body(null, 200, plainHeaders());
  }

  show(c: Context, status: 200, page: Page, formsGoTo?: string): Promise<Response> | Response {
    return c.html(page, status, pageHeaders(formsGoTo));
  }

  private onward(
    c: Context,
    next: Onward | LoginFault,
    status: 302 | 303,
  ): Promise<Response> | Response {
    if (next instanceof LoginFault) return this.refuse(c, next);
    for (const [name, value] of Object.entries(plainHeaders())) c.header(name, value);
    for (const cookie of next.cookies) c.header('set-cookie', cookie, { append: true });
    return c.redirect(next.location, status);
  }

  private refuse(c: Context, fault: LoginFault): Promise<Response> | Response {
    const row = FAULTS[fault.kind];
    const quote = randomBytes(6).toString('hex');
    this.log(fault, { quote });
    const page = faultPage(this.desk().settings.place, row, quote);
    return c.html(page, row.status, pageHeaders());
  }

  private refuseLogout(c: Context, fault: LoginFault): Response {
    const { kind, detail } = fault;
    this.log(fault, {});
    const isAway = kind === 'provider_down';
    const error = isAway ? 'temporarily_unavailable' : 'invalid_request';
    return c.json({ error, error_description: detail }, isAway ? 503 : 400, plainHeaders());
  }

  private log({ kind, detail }: LoginFault, more: Readonly<Record<string, string>>): void {
    this.deps.log('warn', 'a sign-in or sign-out was refused', { why: kind, detail, ...more });
  }
}

function shownOf({ principal, issuer }: OpenSession) {
  const { user, team, groups } = principal;
  return { user, team, groups, issuer };
}

/** Which provider is asked whether the token is its own; nothing is believed yet. */
function issuerIn(token: string): string {
  try {
    return decodeJwt(token).iss ?? '';
  } catch {
    return '';
  }
}

function plainHeaders(): Record<string, string> {
  return {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    // With less, a browser would not say where a form of ours comes from.
    'referrer-policy': 'same-origin',
    'cross-origin-resource-policy': 'same-origin',
  };
}

function pageHeaders(formsGoTo?: string): Record<string, string> {
  const forms = formsGoTo === undefined ? "'self'" : `'self' ${formsGoTo}`;
  return {
    ...plainHeaders(),
    'content-security-policy':
      `default-src 'none'; style-src 'self'; form-action ${forms}; base-uri 'none'; ` +
      "frame-ancestors 'none'",
    'x-frame-options': 'DENY',
    'cross-origin-opener-policy': 'same-origin',
  };
}
