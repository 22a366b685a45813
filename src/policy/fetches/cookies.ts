import { KnownField } from "../../http/field-names.ts";
import type { Head } from "../../http/head.ts";
import { octets, optionalPlace } from "../args.ts";
import { type CookieSearch, countCookies, lastCookie, nextCookie } from "../cookie-values.ts";
import { defineFetch, type Fetch } from "../declare.ts";
import { readIntegerPrefix } from "../integer-text.ts";
import { type MessageSide, REQUEST, RESPONSE } from "../message-side.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";

function searchOf(side: MessageSide, name: Uint8Array | undefined): CookieSearch {
  return {
    field: side === RESPONSE ? KnownField.SET_COOKIE : KnownField.COOKIE,
    name: name === undefined || name.length === 0 ? null : name,
    hasAttributes: side === RESPONSE,
  };
}

function ofHead(
  side: MessageSide,
  read: (head: Head, sample: Sample, view: StreamView) => boolean,
): Fetch {
  return (sample, view) => {
    const head = side.headOf(view);
    if (head === null) {
      sample.mayChange = side.isAwaited(view);
      return false;
    }
    return read(head, sample, view);
  };
}

/** Gives the last cookie of a name, the first of all, or in conditions one after the other. */
function cookies(
  side: MessageSide,
  name: Uint8Array | undefined,
  iterates: boolean,
  finish: (sample: Sample) => void,
): Fetch {
  const search = searchOf(side, name);
  return ofHead(side, (head, sample) => {
    const isFound =
      iterates || search.name === null
        ? nextCookie(head, search, sample)
        : lastCookie(head, search, sample);
    if (!isFound) return false;
    finish(sample);
    sample.hasMore = iterates;
    return true;
  });
}

function defineCookie(side: MessageSide, name: string, aliases: readonly string[]) {
  return defineFetch({
    name,
    aliases,
    summary: `Gives a cookie of ${side.what}: the last of a name, or each in conditions`,
    source: SOURCE,
    output: SampleType.STRING,
    reads: side.reads,
    hasMatches: true,
    args: [optionalPlace(octets("name"))],
    compile: ([cookie], { iterates }) => cookies(side, cookie, iterates, () => {}),
  });
}

function defineCount(side: MessageSide, name: string, aliases: readonly string[]) {
  return defineFetch({
    name,
    aliases,
    summary: `Counts the cookies of ${side.what}, of a name or all`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: side.reads,
    args: [optionalPlace(octets("name"))],
    compile: ([cookie]) => {
      const search = searchOf(side, cookie);
      return ofHead(side, (head, sample) => {
        sample.setInteger(countCookies(head, search, sample));
        return true;
      });
    },
  });
}

function defineValue(side: MessageSide, name: string, aliases: readonly string[]) {
  return defineFetch({
    name,
    aliases,
    summary: `Gives a cookie of ${side.what} as an integer`,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: side.reads,
    args: [optionalPlace(octets("name"))],
    compile: ([cookie], { iterates }) =>
      cookies(side, cookie, iterates, (sample) =>
        readIntegerPrefix(sample, sample.bytes, sample.start, sample.end),
      ),
  });
}

export const reqCook = defineCookie(REQUEST, "req.cook", ["cook"]);
export const reqCookCnt = defineCount(REQUEST, "req.cook_cnt", ["cook_cnt"]);
export const reqCookVal = defineValue(REQUEST, "req.cook_val", ["cook_val"]);
export const resCook = defineCookie(RESPONSE, "res.cook", ["scook", "set-cookie"]);
export const resCookCnt = defineCount(RESPONSE, "res.cook_cnt", ["scook_cnt"]);
export const resCookVal = defineValue(RESPONSE, "res.cook_val", ["scook_val"]);

/** `cookie`. */
export const cookie = defineFetch({
  name: "cookie",
  summary: "Gives a cookie of the request, or where there is one, of the response",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD | Reads.RESPONSE_HEAD,
  hasMatches: true,
  args: [optionalPlace(octets("name"))],
  compile: ([name], { iterates }) => {
    const ofRequest = cookies(REQUEST, name, iterates, () => {});
    const ofResponse = cookies(RESPONSE, name, iterates, () => {});
    return (sample, view) =>
      view.response === null ? ofRequest(sample, view) : ofResponse(sample, view);
  },
});
