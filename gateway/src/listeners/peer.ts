/** Who is at the other end of a connection, before anything was asked on it. */
import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import type { ClientCertificate } from '../kernel/index.ts';
import { certificateOf } from './peer-certificate.ts';

export interface Peer {
  readonly address: string;
  readonly isTls: boolean;
  /** What it showed to say who it is, verified or not; undefined where it showed nothing. */
  readonly certificate: ClientCertificate | undefined;
}

/** Peers by their connection: certificates are read once. */
export class Peers {
  private readonly known = new WeakMap<Socket, Peer>();

  of(socket: Socket): Peer {
    const known = this.known.get(socket);
    if (known !== undefined) return known;
    const isTls = socket instanceof TLSSocket;
    const peer: Peer = {
      address: socket.remoteAddress ?? '',
      isTls,
      certificate: isTls ? certificateOf(socket) : undefined,
    };
    this.known.set(socket, peer);
    return peer;
  }
}
