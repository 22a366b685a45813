import { hostname as systemHostname } from "node:os";
import { int, oneOf } from "../../config/arg.ts";
import { octetsOf, optionalPlace } from "../args.ts";
import { defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.2";
const MS = 1000;

/** Results are made one after the other; nothing of one is kept for the next. */
const out = new ScratchText();

const UNIT = optionalPlace(oneOf("unit", ["s", "ms", "us"]));

/** `date`. */
export const date = defineFetch({
  name: "date",
  summary: "Gives the time since 1970 in seconds, or in another unit, with an offset added",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.INTERNAL,
  args: [optionalPlace(int("offset", { min: -2_147_483_648 })), UNIT],
  compile:
    ([offset = 0, unit = "s"]) =>
    (sample, { dateMs }) => {
      const ms = Math.floor(dateMs);
      if (unit === "s") sample.setInteger(Math.floor(ms / MS) + offset);
      else sample.setInteger((unit === "ms" ? ms : ms * MS) + offset);
      return true;
    },
});

/** `date_us`. */
export const dateUs = defineFetch({
  name: "date_us",
  summary: "Gives the microseconds of the present second",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.INTERNAL,
  args: [],
  compile: () => (sample, view) => {
    sample.setInteger(Math.floor((view.dateMs % MS) * MS));
    return true;
  },
});

/** `rand`. */
export const rand = defineFetch({
  name: "rand",
  summary: "Gives a random number below the range, or of 32 bits",
  source: SOURCE,
  output: SampleType.INTEGER,
  reads: Reads.INTERNAL,
  args: [optionalPlace(int("range", { min: 1 }))],
  compile:
    ([range = 2 ** 32]) =>
    (sample) => {
      sample.setInteger(Math.floor(Math.random() * range));
      return true;
    },
});

/** `uuid`. */
export const uuid = defineFetch({
  name: "uuid",
  summary: "Gives a random UUID of version 4",
  source: `${SOURCE}; RFC 9562`,
  output: SampleType.STRING,
  reads: Reads.INTERNAL,
  args: [optionalPlace(int("version", { min: 4, max: 4 }))],
  compile: () => (sample, view) => {
    out.begin(view);
    out.addText(crypto.randomUUID());
    return out.finish(sample, SampleType.STRING);
  },
});

/** `hostname`. */
export const hostname = defineFetch({
  name: "hostname",
  summary: "Gives the name of the system",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.INTERNAL,
  args: [],
  compile() {
    const name = octetsOf(systemHostname());
    return (sample) => {
      sample.setBytes(SampleType.STRING, name, 0, name.length);
      return true;
    };
  },
});

function defineNumber(name: string, summary: string, value: number) {
  return defineFetch({
    name,
    summary,
    source: SOURCE,
    output: SampleType.INTEGER,
    reads: Reads.INTERNAL,
    args: [],
    compile: () => (sample) => {
      sample.setInteger(value);
      return true;
    },
  });
}

export const nbproc = defineNumber("nbproc", "Gives the number of processes, which is 1", 1);
export const proc = defineNumber("proc", "Gives the number of the process, from 1", 1);
export const thread = defineNumber("thread", "Gives the number of the thread, from 0", 0);
