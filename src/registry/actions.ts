// Written by tools/generate.ts; not edited by hand.
import type { ActionDeclaration } from "../policy/action.ts";
import { setHeader } from "../policy/actions/headers.ts";
import { addAcl, delAcl, delMap, setMap } from "../policy/actions/patterns.ts";
import { accept, allow, reject } from "../policy/actions/verdicts.ts";
import { deny, returnAnswer, tarpit } from "../proxy/actions/answers.ts";
import { auth } from "../proxy/actions/auth.ts";
import { silentDrop } from "../proxy/actions/drop.ts";
import { redirect } from "../proxy/actions/redirect.ts";
import { waitForBody, waitForHandshake } from "../proxy/actions/waits.ts";

/** Every action of rules. */
export const ACTIONS: readonly ActionDeclaration[] = [
  setHeader,
  addAcl,
  delAcl,
  setMap,
  delMap,
  allow,
  accept,
  reject,
  deny,
  returnAnswer,
  tarpit,
  auth,
  silentDrop,
  redirect,
  waitForBody,
  waitForHandshake,
];
