import { writeFileSync } from "node:fs";
import { errnoText } from "../sys/errno.ts";
import { descriptorLimit, setDescriptorLimit } from "../sys/limits.ts";
import {
  changeRoot,
  dropGroups,
  refusePrivileges,
  setDumpable,
  setGroupId,
  setUserId,
} from "../sys/privileges.ts";
import type { Plan } from "./compile.ts";
import type { Messages } from "./messages.ts";
import { PROCESS } from "./process-part.ts";

/** Asks the system for the descriptors that the plan needs; false when the process may not start. */
export function applyLimits({ config, limits }: Plan, messages: Messages): boolean {
  const { limitsAreStrict } = config.global.part(PROCESS);
  const { hard } = descriptorLimit();
  const wanted = limits.descriptorsMax;
  if (setDescriptorLimit({ soft: wanted, hard: Math.max(hard, wanted) }) === 0) return true;
  const text = `[sluice.main()] Cannot raise FD limit to ${wanted}, limit is ${hard}.`;
  if (!limitsAreStrict) {
    setDescriptorLimit({ soft: hard, hard });
    messages.warning(text);
    return true;
  }
  messages.alert(text);
  messages.hint("lower 'maxconn', or raise the limit with `ulimit -n` or systemd's LimitNOFILE");
  return false;
}

/** Writes the number of the process to a file; false when that fails. */
export function writePidFile(path: string, messages: Messages): boolean {
  if (path === "") return true;
  try {
    writeFileSync(path, `${process.pid}\n`, { mode: 0o644 });
    return true;
  } catch {
    messages.alert(`[sluice.main()] Cannot create pidfile ${path}`);
    return false;
  }
}

/**
 * Locks the process into its root directory and gives up the privileges of root, as configured;
 * false when any of it fails. Everything that needs a path or a privilege is open by now.
 */
export function confine({ config }: Plan, messages: Messages): boolean {
  const { chroot, groupId, userId, isDumpable, mayGainPrivileges } = config.global.part(PROCESS);
  if (chroot !== "" && groupId === -1 && userId === -1 && process.getuid?.() === 0) {
    messages.warning(
      "[sluice.main()] 'chroot' without 'user' or 'uid': root can leave it again. Add both 'user' and 'group'.",
    );
  }
  const steps: readonly (readonly [wanted: boolean, run: () => number, what: string])[] = [
    [chroot !== "", () => enterRoot(chroot), `chroot(${chroot})`],
    [groupId !== -1 && process.getuid?.() === 0, dropGroups, "drop supplementary groups"],
    [groupId !== -1, () => setGroupId(groupId), `set gid ${groupId}`],
    [userId !== -1, () => setUserId(userId), `set uid ${userId}`],
  ];
  for (const [isWanted, run, what] of steps) {
    const result = isWanted ? run() : 0;
    if (result === 0) continue;
    messages.alert(`[sluice.main()] Cannot ${what} (${errnoText(result)}).`);
    return false;
  }
  // A change of user undoes the first, and the second is never undone.
  if (isDumpable) setDumpable();
  if (!mayGainPrivileges) refusePrivileges();
  return true;
}

function enterRoot(path: string): number {
  const result = changeRoot(path);
  if (result === 0) process.chdir("/");
  return result;
}
