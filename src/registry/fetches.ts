// Written by tools/generate.ts; not edited by hand.
import type { FetchDeclaration } from "../policy/declare.ts";
import { alwaysFalse, alwaysTrue, str } from "../policy/fetches/constants.ts";
import { reqLen, waitEnd } from "../policy/fetches/content.ts";
import {
  reqFhdr,
  reqFhdrCnt,
  reqHdr,
  reqHdrCnt,
  reqHdrIp,
  reqHdrVal,
  resFhdr,
  resFhdrCnt,
  resHdr,
  resHdrCnt,
  resHdrIp,
  resHdrVal,
} from "../policy/fetches/headers.ts";
import { method, path } from "../policy/fetches/request-line.ts";

/** Every sample fetch. */
export const FETCHES: readonly FetchDeclaration[] = [
  alwaysTrue,
  alwaysFalse,
  str,
  reqLen,
  waitEnd,
  reqHdr,
  reqFhdr,
  reqHdrCnt,
  reqFhdrCnt,
  reqHdrVal,
  reqHdrIp,
  resHdr,
  resFhdr,
  resHdrCnt,
  resFhdrCnt,
  resHdrVal,
  resHdrIp,
  method,
  path,
];
