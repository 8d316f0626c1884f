/** What outlives a configuration: browser sessions, and the pages once somebody has asked for one. */
import type { IncomingMessage } from 'node:http';
import type { BrowserCaller, Login, LoginPages, LoginSurroundings } from './login.ts';
import { Place } from './place.ts';
import type { LoginDeps } from './ports.ts';
import type { LoginConfig } from './schema.ts';
import { Sessions, csrfIn, isRead, showsCsrf } from './sessions.ts';
import type { LoginSettings } from './settings.ts';

const PATHS = /^\/(?:login|logout|oauth\/callback)(?:\/|$)/;

export class LoginRoom implements Login {
  private readonly deps: LoginDeps;
  private readonly sessions: Sessions;
  private settings: LoginSettings | undefined;

  constructor(deps: LoginDeps) {
    this.deps = deps;
    this.sessions = new Sessions(deps);
  }

  configure(config: LoginConfig, { issuers, publicUrl }: LoginSurroundings): void {
    const isOn = config.providers.length > 0 && publicUrl !== '';
    this.settings = isOn ? { config, issuers, place: new Place(publicUrl) } : undefined;
    this.sessions.configure(this.settings);
  }

  owns(path: string): boolean {
    return this.settings !== undefined && PATHS.test(path);
  }

  async load(): Promise<LoginPages> {
    const { createApp } = await import('./app.ts');
    const answer = createApp(this.deps, this.sessions, () => this.inForce());
    return { owns: (path) => this.owns(path), answer };
  }

  async sessionOf({
    method,
    headers,
  }: Pick<IncomingMessage, 'method' | 'headers'>): Promise<BrowserCaller> {
    const session = await this.sessions.find(headers.cookie);
    if (session === undefined) return { kind: 'none' };
    if (!isRead(method) && !showsCsrf(session, csrfIn(headers))) return { kind: 'forged' };
    return { kind: 'person', principal: session.principal };
  }

  private inForce(): LoginSettings {
    if (this.settings === undefined) throw new Error('nobody signs in here');
    return this.settings;
  }
}
