/** Who runs a command. */
import { userInfo } from 'node:os';

/** As the system names them; by their number where it has no name for them. */
export function whoIsHere(): string {
  try {
    return userInfo().username;
  } catch {
    const uid = process.getuid?.();
    return uid === undefined ? 'unknown' : `uid-${uid}`;
  }
}
