/** What a proxy says to CONNECT (RFC 9110, section 9.3.6). */
import type { Socket } from 'node:net';

const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Reads the head of the answer, and not a byte further: what follows belongs to the tunnel.
 * @param told hears '' where the tunnel stands, else why not
 */
export function readConnectAnswer(socket: Socket, told: (why: string) => void): void {
  let head = '';
  const onData = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0 && head.length <= MAX_HEAD_BYTES) return;
    socket.off('data', onData);
    socket.pause();
    told(judge(head, end));
  };
  socket.on('data', onData);
}

function judge(head: string, end: number): string {
  const status = Number(/^HTTP\/1\.[01] (\d{3})[ \r]/.exec(head)?.[1] ?? 0);
  if (status === 0 || end < 0) return 'the proxy did not answer in HTTP';
  if (status === 407) {
    return 'the proxy wants a name and password (HTTP 407): write them into its address, http://name:password@host:port';
  }
  if (status < 200 || status > 299) return `the proxy does not connect (HTTP ${status})`;
  // Nobody has spoken to the origin yet, so these bytes are not its own.
  if (head.length > end + END_OF_HEAD.length) return 'the proxy sent something into the tunnel';
  return '';
}
