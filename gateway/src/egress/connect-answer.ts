/** What a proxy says to CONNECT (RFC 9110, section 9.3.6). */
import type { Socket } from 'node:net';

const MAX_HEAD_BYTES = 16 * 1024;
const END_OF_HEAD = '\r\n\r\n';

/**
 * Reads the head of the answer, and not a byte further: what follows belongs to the tunnel.
 * @param isOriginFirst whether the origin may speak before anybody spoke to it; what it said stays
 *   to be read
 * @param told hears '' where the tunnel stands, else why not
 */
export function readConnectAnswer(
  socket: Socket,
  isOriginFirst: boolean,
  told: (why: string) => void,
): void {
  let head = '';
  const onData = (bytes: Buffer): void => {
    head += bytes.toString('latin1');
    const end = head.indexOf(END_OF_HEAD);
    if (end < 0 && head.length <= MAX_HEAD_BYTES) return;
    socket.off('data', onData);
    socket.pause();
    const rest = end < 0 ? '' : head.slice(end + END_OF_HEAD.length);
    const why = judge(head, end, isOriginFirst);
    if (why === '' && rest !== '') socket.unshift(Buffer.from(rest, 'latin1'));
    told(why);
  };
  socket.on('data', onData);
}

function judge(head: string, end: number, isOriginFirst: boolean): string {
  const status = Number(/^HTTP\/1\.[01] (\d{3})[ \r]/.exec(head)?.[1] ?? 0);
  if (status === 0 || end < 0) return 'the proxy did not answer in HTTP';
  if (status === 407) {
    return 'the proxy wants a name and password (HTTP 407): write them into its address, http://name:password@host:port';
  }
  if (status < 200 || status > 299) return `the proxy does not connect (HTTP ${status})`;
  // Nobody has spoken to the origin yet, so these bytes are not its own.
  const hasMore = head.length > end + END_OF_HEAD.length;
  if (hasMore && !isOriginFirst) return 'the proxy sent something into the tunnel';
  return '';
}
