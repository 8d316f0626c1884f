/** Pages for people: plain HTML that needs no script, with nothing of anybody else in it. */
import { html } from 'hono/html';
import type { FaultRow } from './fault.ts';
import type { Place } from './place.ts';

type Html = ReturnType<typeof html>;

/** Somebody who is signed in, as a page shows it. */
export interface Shown {
  readonly user: string;
  readonly team: string;
  readonly groups: readonly string[];
  readonly issuer: string;
}

export interface Choice {
  readonly title: string;
  readonly link: string;
}

export const STYLE = `:root{color-scheme:light dark;font:16px/1.5 system-ui,sans-serif}
body{max-width:36rem;margin:4rem auto;padding:0 1rem}
h1{font-size:1.4rem}
a.choice,button{display:block;width:100%;box-sizing:border-box;margin:.5rem 0;padding:.7rem 1rem;
border:1px solid currentColor;border-radius:.4rem;background:none;color:inherit;font:inherit;
text-align:left;text-decoration:none;cursor:pointer}
dt{font-weight:600}dd{margin:0 0 .5rem}
`;

function page(place: Place, title: string, body: Html): Html {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${title} - Drawbridge</title>
        <link rel="stylesheet" href="${place.link('/login/style.css')}" />
      </head>
      <body>
        <main>
          <h1>${title}</h1>
          ${body}
        </main>
      </body>
    </html>`;
}

/** Providers to choose from. */
export function choicePage(place: Place, choices: readonly Choice[]): Html {
  const links = choices.map(
    ({ title, link }) => html`<a class="choice" href="${link}">Sign in with ${title}</a>`,
  );
  return page(place, 'Sign in', html`<nav>${links}</nav>`);
}

export function signedInPage(place: Place, who: Shown): Html {
  const rows = [
    ['Person', who.user],
    ['Team', who.team],
    ['Groups', who.groups.slice(0, 50).join(', ')],
    ['Signed in by', who.issuer],
  ].filter(([, value]) => value !== '');
  const list = rows.map(
    ([name, value]) =>
      html`<dt>${name}</dt>
        <dd>${value}</dd>`,
  );
  const body = html`<dl>${list}</dl>
    <p><a href="${place.link('/logout')}">Sign out</a></p>`;
  return page(place, 'You are signed in', body);
}

/** Asks before anything is ended. */
export function signOutPage(place: Place, who: Shown, csrf: string): Html {
  const body = html`<p>You are signed in as ${who.user}.</p>
    <form method="post" action="${place.link('/logout')}">
      <input type="hidden" name="csrf" value="${csrf}" />
      <button type="submit">Sign out</button>
    </form>`;
  return page(place, 'Sign out', body);
}

export function signedOutPage(place: Place): Html {
  const body = html`<p>Nothing of this browser is signed in at this gateway.</p>
    <p><a href="${place.link('/login')}">Sign in</a></p>`;
  return page(place, 'You are signed out', body);
}

/** @param quote what to tell the operator, who finds it in the log */
export function faultPage(place: Place, { title, text, mayRetry }: FaultRow, quote: string): Html {
  const again = mayRetry ? html`<p><a href="${place.link('/login')}">Begin again</a></p>` : '';
  const body = html`<p>${text}</p>
    ${again}
    <p><small>Quote ${quote} when you ask the operator.</small></p>`;
  return page(place, title, body);
}
