/** Connects the admin API with the rooms that know and decide. */
import { readFile } from 'node:fs/promises';
import {
  hasNoAdministrator,
  isAdminPath,
  issueCode,
  loadAdmin,
  type AdminPorts,
  type AdminView,
  type NewCode,
} from '../admin/index.ts';
import { MAX_CONFIG_BYTES, lineOf } from '../config/index.ts';
import { isLocalMode } from '../identity/index.ts';
import { DEFAULT_ENDPOINT, Exchange, Refusal, type Clock, type Head } from '../kernel/index.ts';
import { pagesOnDemand, type Pages } from '../listeners/index.ts';
import { createView } from './admin-view.ts';
import type { Config } from './config.ts';
import { callerNamed } from './explain-caller.ts';
import type { GatewayOptions, Parts } from './parts.ts';
import { recordFile } from './record-file.ts';

/** What is in force. */
export interface InForce {
  readonly config: Config;
  readonly epoch: number;
}

/** The admin API as pages; nothing of it is loaded before its first request. */
export function adminPages(options: GatewayOptions, parts: Parts, current: () => InForce): Pages {
  const ports = portsOf(options, parts, current);
  return pagesOnDemand(isAdminPath, () => loadAdmin(ports), parts.onBug);
}

/**
 * A new one-time code where callers are identified and nobody is administrator, by configuration or
 * by a grant; it takes the place of any other. None is made that cannot be recorded.
 */
export async function firstCode(
  { admin, identity }: Config,
  { store, audit }: Pick<Parts, 'store' | 'audit'>,
  clock: Clock,
): Promise<NewCode | undefined> {
  if (isLocalMode(identity) || admin.roles.admin !== undefined) return undefined;
  if (!(await hasNoAdministrator(store.roleGrants))) return undefined;
  const isTaken = audit.change({ ...NEW_CODE, outcome: 'begun' });
  await audit.flush();
  if (!isTaken || audit.counts().isFailing) return undefined;
  const code = await issueCode(store.adminCodes, clock.nowMs());
  const expires = new Date(code.expiresMs).toISOString();
  audit.change({ ...NEW_CODE, outcome: 'done', details: { ...NEW_CODE.details, expires } });
  return code;
}

/** Nobody asks for the first code: the gateway makes it by itself. */
const NEW_CODE = {
  principal: { id: 'gateway', user: '', agent: '', team: '', verifiedBy: 'process' },
  action: 'roles.write',
  thing: 'one-time code',
  details: { role: 'admin' },
};

function portsOf(options: GatewayOptions, parts: Parts, current: () => InForce): AdminPorts {
  const { clock, version, directory } = options;
  const { store, sealer, audit, identity, catalog, upstreams } = parts;
  const viewOf = remembered((config) => createView(config, { clock, store, directory }));
  return {
    clock,
    version,
    startedMs: parts.startedMs,
    store,
    sealer,
    seen: parts.seen,
    view: () => viewOf(current().config),
    identify: (request, head, isFirst) =>
      identify({ parts, clock, ...current() }, request, { head, isFirst }),
    callerNamed: (text) => callerNamed(text, () => store.apiKeys.list()),
    status: () => upstreams.status(),
    parts: () => catalog.snapshot().parts,
    isReady: () =>
      !parts.state.isDraining && catalog.snapshot().parts.every(({ state }) => state !== 'waiting'),
    refresh: (upstream) => catalog.refresh(upstream),
    record: (entry) => audit.change(entry),
    auditCounts: () => audit.counts(),
    flushAudit: () => audit.flush(),
    auditFile: () => recordFile(current().config, directory),
    revoke: (revocation) => identity.revoke(revocation),
    storeChanged: () => identity.storeChanged(),
    place: (path) => placeOf(options.configFile ?? '', path),
    onBug: parts.onBug,
  };
}

/** Made once for each configuration, when it is first asked for. */
function remembered(make: (config: Config) => AdminView): (config: Config) => AdminView {
  const known = new WeakMap<Config, AdminView>();
  return (config) => {
    let view = known.get(config);
    if (view === undefined) {
      view = make(config);
      known.set(config, view);
    }
    return view;
  };
}

async function placeOf(file: string, path: readonly (string | number)[]) {
  const key = path.map(String).join('.');
  if (file === '') return { file, key };
  const text = await readFile(file, 'utf8').catch(() => '');
  const line = text.length > MAX_CONFIG_BYTES ? undefined : lineOf(file, text, path);
  return line === undefined ? { file, key } : { file, key, line };
}

interface Identifying extends InForce {
  readonly parts: Parts;
  readonly clock: Clock;
}

/**
 * As on /mcp, or by a browser that has signed in. In local mode everybody on this machine would be the
 * local principal, agents too: there only API keys count, but for making the first administrator.
 */
async function identify(
  { parts, clock, config, epoch }: Identifying,
  request: Parameters<AdminPorts['identify']>[0],
  { head, isFirst }: { readonly head: Head; readonly isFirst: boolean },
): ReturnType<AdminPorts['identify']> {
  const isLocal = isLocalMode(config.identity);
  if (!isLocal && head.headers['authorization'] === undefined) {
    const browser = await parts.login.login.sessionOf(request);
    if (browser.kind === 'person') return browser.principal;
    if (browser.kind === 'forged') return 'forged';
  }
  const publicUrl = config.server.publicUrl ?? '';
  const stage =
    isLocal && !isFirst
      ? parts.identity.keyStage(config.identity, publicUrl)
      : parts.identity.stage(config.identity, publicUrl);
  const x = new Exchange(head, NO_BODY, NO_OUTLET, clock.nowMs(), epoch);
  x.endpoint = DEFAULT_ENDPOINT;
  const step = await stage(x);
  parts.identity.ended(x);
  if (!(step instanceof Refusal)) return step.principal;
  const { reason } = step;
  parts.audit.record(x, { kind: 'refusal', reason, isError: true, resultBytes: 0 });
  return step;
}

/** The exchange is only there to be identified. */
const NO_BODY = { read: () => Buffer.alloc(0) };
const NO_OUTLET = {
  send: () => undefined,
  open: () => undefined,
  write: () => true,
  end: () => undefined,
};
