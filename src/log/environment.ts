import { DateTexts } from "./date-texts.ts";

/** What log lines say of the process itself, and the clock's texts. One per thread. */
export class LogEnvironment {
  /** The pid that lines carry: that of the program's first process. */
  readonly pid: number;
  readonly hostName: string;
  readonly dates = new DateTexts();

  constructor(pid: number, hostName: string) {
    this.pid = pid;
    this.hostName = hostName;
  }
}
