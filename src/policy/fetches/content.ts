import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.5";

/** `req.len`. */
export const reqLen = defineFetch({
  name: "req.len",
  aliases: ["req_len"],
  summary: "Gives how many bytes of the client wait in the buffer",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.REQUEST_CONTENT,
  args: [],
  compile: () => (sample, view) => {
    const content = view.requestContent;
    if (content === null) return false;
    sample.setInteger(content.end - content.start);
    sample.mayChange = !content.isComplete;
    return true;
  },
});

/** `wait_end`. */
export const waitEnd = defineFetch({
  name: "wait_end",
  summary: "Gives true once the wait for bytes is over; before, it cannot be told",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample, view) => {
    const content = view.responseContent ?? view.requestContent;
    if (content !== null && !content.isComplete) {
      sample.mayChange = true;
      return false;
    }
    sample.setBoolean(true);
    return true;
  },
});
