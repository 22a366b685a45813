import { defineFetch } from "../declare.ts";
import { isResponseAwaited } from "../message-side.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";
/** `HTTP/` in front of a version. */
const PROTOCOL_SIZE = 5;

/** `status`. */
export const status = defineFetch({
  name: "status",
  summary: "Gives the status of the response",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.RESPONSE_HEAD,
  args: [],
  compile: () => (sample, view) => {
    if (view.response === null) {
      sample.mayChange = isResponseAwaited(view);
      return false;
    }
    sample.setInteger(view.response.status);
    return true;
  },
});

/** `res.ver`. */
export const resVer = defineFetch({
  name: "res.ver",
  aliases: ["resp_ver"],
  summary: "Gives the version of the response, such as 1.1",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.RESPONSE_HEAD,
  hasMatches: true,
  args: [],
  compile: () => (sample, view) => {
    const head = view.response;
    if (head === null) {
      sample.mayChange = isResponseAwaited(view);
      return false;
    }
    const start = head.versionStart + PROTOCOL_SIZE;
    sample.setBytes(SampleType.STRING, head.bytes, start, head.versionEnd);
    return true;
  },
});
