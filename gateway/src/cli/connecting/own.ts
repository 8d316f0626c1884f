/** Where this gateway is, as entries of clients may name it. */
import type { Clock } from '../../kernel/index.ts';
import type { Document } from '../importing/document.ts';
import type { OwnPlaces } from '../importing/own-entry.ts';
import { findGateway } from '../stdio/find-gateway.ts';
import { lookAround } from '../stdio/look-around.ts';

export interface Whereabouts {
  readonly own: OwnPlaces;
  /** `http://127.0.0.1:8080`; undefined where it is known only once a gateway runs. */
  readonly url: string | undefined;
}

/** The running gateway's address counts more than what the file says. */
export async function findOwn(
  document: Document,
  env: Readonly<Record<string, string | undefined>>,
  clock: Clock,
): Promise<Whereabouts> {
  const { own, listen, file } = document;
  const bearings = lookAround(file, env);
  const found =
    bearings === undefined
      ? undefined
      : await findGateway(bearings.stateDir, clock).catch(() => undefined);
  if (found !== undefined && typeof found !== 'string') {
    found.leave();
    const { origin, port } = found.url;
    return { own: { ...own, ports: new Set([...own.ports, port]) }, url: origin };
  }
  const host = listen.host.includes(':') ? `[${listen.host}]` : listen.host;
  return { own, url: listen.port === 0 ? undefined : `http://${host}:${listen.port}` };
}
