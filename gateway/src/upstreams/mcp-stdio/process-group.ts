/**
 * Sends a signal to every process of a group. A group that is gone is no error. On Windows, which
 * has no groups, only the process itself is ended.
 *
 * @param groupId the pid of the group's leader; 1 and less are refused, because a signal to -1
 *   would reach every process of the user.
 */
export function signalGroup(groupId: number, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (!isGroupId(groupId)) throw new RangeError(`not a process group: ${groupId}`);
  try {
    process.kill(process.platform === 'win32' ? groupId : -groupId, signal);
  } catch {
    // Gone already (ESRCH), or only zombies are left (EPERM on some systems).
  }
}

/** Whether a number can name the group of one of our children. */
export function isGroupId(value: number): boolean {
  return Number.isSafeInteger(value) && value > 1;
}
