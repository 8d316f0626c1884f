/** What is wrong with keys and certificates that the configuration names, before anything relies on them. */
import { readMaterial, type TlsFiles } from '../certificates/index.ts';
import type { Finding } from '../config/index.ts';
import type { MtlsSetting } from '../identity/index.ts';
import { filesOf, type ServerTlsConfig } from '../listeners/index.ts';

/** The sections that name files. */
export interface TlsSections {
  readonly server: { readonly tls?: ServerTlsConfig | undefined };
  readonly identity: {
    readonly mtls?: MtlsSetting | undefined;
    readonly oauth: readonly { readonly tls?: TlsFiles | undefined }[];
  };
  readonly upstreams: Readonly<
    Record<string, { readonly enabled: boolean; readonly tls?: TlsFiles | undefined }>
  >;
}

/** Settings that only make sense together. */
export function mtlsFindings({ server, identity }: TlsSections): Finding[] {
  const isOn = identity.mtls !== undefined && identity.mtls !== false;
  const hasAuthorities = server.tls?.clientCa !== undefined;
  if (isOn === hasAuthorities) return [];
  return isOn
    ? [
        {
          path: ['identity', 'mtls'],
          message: 'nobody vouches for the certificates of callers',
          hint: 'set server.tls.clientCa to the file of their authority',
        },
      ]
    : [
        {
          path: ['server', 'tls', 'clientCa'],
          message: 'callers are asked for certificates that stand for nobody',
          hint: 'set identity.mtls, for example identity: { mtls: true }',
        },
      ];
}

/** @param directory the folder that relative paths begin at */
export function fileFindings(sections: TlsSections, directory: string, nowMs: number): Finding[] {
  const { server, identity, upstreams } = sections;
  const judge = (
    files: TlsFiles | undefined,
    path: readonly (string | number)[],
    names: Readonly<Record<string, string>> = {},
  ): Finding[] => {
    const read = files === undefined ? [] : readMaterial(files, { directory, nowMs });
    if ('expiresMs' in read) return [];
    return read.map(({ field, message, hint }) => ({
      path: [...path, names[field] ?? field],
      message,
      hint,
    }));
  };
  const own = server.tls === undefined ? undefined : filesOf(server.tls);
  return [
    ...judge(own, ['server', 'tls'], { ca: 'clientCa', crl: 'clientCrl' }),
    ...identity.oauth.flatMap(({ tls }, at) => judge(tls, ['identity', 'oauth', at, 'tls'])),
    ...Object.entries(upstreams).flatMap(([id, { enabled, tls }]) =>
      enabled ? judge(tls, ['upstreams', id, 'tls']) : [],
    ),
  ];
}
