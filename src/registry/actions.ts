// Written by tools/generate.ts; not edited by hand.
import type { ActionDeclaration } from "../policy/action.ts";
import { setDst, setDstPort, setSrc, setSrcPort } from "../policy/actions/addresses.ts";
import { expectNetscalerCip, expectProxy } from "../policy/actions/expected-headers.ts";
import { addHeader, delHeader, setHeader } from "../policy/actions/headers.ts";
import { addAcl, delAcl, delMap, setMap } from "../policy/actions/patterns.ts";
import { replaceHeader, replaceValue } from "../policy/actions/replace-headers.ts";
import { replacePath, replacePathq, replaceUri } from "../policy/actions/replace-target.ts";
import { setMethod, setPath, setPathq, setQuery, setUri } from "../policy/actions/request-line.ts";
import { setStatus, strictMode } from "../policy/actions/rewriting.ts";
import { setLogLevel } from "../policy/actions/set-log-level.ts";
import { setVar, setVarFmt, unsetVar } from "../policy/actions/variables.ts";
import { accept, allow, close, reject } from "../policy/actions/verdicts.ts";
import { deny, returnAnswer, tarpit } from "../proxy/actions/answers.ts";
import { auth } from "../proxy/actions/auth.ts";
import { captureContent, captureRequest, captureResponse } from "../proxy/actions/capture.ts";
import { silentDrop } from "../proxy/actions/drop.ts";
import { earlyHint } from "../proxy/actions/early-hint.ts";
import { setMark, setNice, setTos } from "../proxy/actions/marks.ts";
import { normalizeUri } from "../proxy/actions/normalize-uri.ts";
import { setPriorityClass, setPriorityOffset } from "../proxy/actions/priorities.ts";
import { redirect } from "../proxy/actions/redirect.ts";
import { disableL7Retry, setTimeout } from "../proxy/actions/stream-settings.ts";
import { waitForBody, waitForHandshake } from "../proxy/actions/waits.ts";

/** Every action of rules. */
export const ACTIONS: readonly ActionDeclaration[] = [
  setSrc,
  setSrcPort,
  setDst,
  setDstPort,
  expectProxy,
  expectNetscalerCip,
  addHeader,
  setHeader,
  delHeader,
  addAcl,
  delAcl,
  setMap,
  delMap,
  replaceHeader,
  replaceValue,
  replacePath,
  replacePathq,
  replaceUri,
  setMethod,
  setPath,
  setPathq,
  setUri,
  setQuery,
  setStatus,
  strictMode,
  setLogLevel,
  setVar,
  setVarFmt,
  unsetVar,
  allow,
  accept,
  reject,
  close,
  deny,
  returnAnswer,
  tarpit,
  auth,
  captureContent,
  captureRequest,
  captureResponse,
  silentDrop,
  earlyHint,
  setTos,
  setMark,
  setNice,
  normalizeUri,
  setPriorityClass,
  setPriorityOffset,
  redirect,
  setTimeout,
  disableL7Retry,
  waitForBody,
  waitForHandshake,
];
