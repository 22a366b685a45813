import { BuiltInFormat } from "../../src/log/built-in-formats.ts";
import { compileFormat, LogFormat } from "../../src/log/format.ts";
import { ALL_FIELDS, exampleRecord, testLine, withRequestLine } from "../../src/log/testing.ts";
import { runBudget } from "./marks.ts";

const format = compileFormat(BuiltInFormat.HTTP, ALL_FIELDS);
if (!(format instanceof LogFormat)) throw new Error("The format of option httplog compiles");
const line = testLine();
const record = withRequestLine(exampleRecord(), "GET /index.html HTTP/1.1");

runBudget(500_000, (index) => {
  record.acceptDateMs += index & 1;
  record.totalMs = index & 1023;
  line.restart();
  format.write(line, record);
  return line.end;
});
