import { defineField } from "../field.ts";

const source = "HAProxy configuration manual, section 8.2.6";

/** The frontend's name. */
export const frontendName = defineField({
  name: "f",
  summary: "Name of the frontend",
  source,
  write(line, record, flags) {
    line.flagged(record.frontendName, flags);
  },
});

/** The frontend's name with its transport. */
export const frontendTransport = defineField({
  name: "ft",
  summary: "Name of the frontend, with a ~ for a client that spoke TLS",
  source,
  write(line, record, flags) {
    if (record.isTls) line.flagged(`${record.frontendName}~`, flags);
    else line.flagged(record.frontendName, flags);
  },
});

/** The backend's name. */
export const backendName = defineField({
  name: "b",
  summary: "Name of the backend, or of the frontend while none is chosen",
  source,
  write(line, record, flags) {
    line.flagged(record.backendName === "" ? record.frontendName : record.backendName, flags);
  },
});

/** The server's name. */
export const serverName = defineField({
  name: "s",
  summary: "Name of the server, <NOSRV> when none was chosen, <STATS> for the statistics page",
  source,
  write(line, record, flags) {
    line.flagged(record.serverName === "" ? "<NOSRV>" : record.serverName, flags);
  },
});

/** The machine's name. */
export const hostName = defineField({
  name: "H",
  summary: "Name of the machine",
  source,
  write(line, _record, flags) {
    line.flagged(line.environment.hostName, flags);
  },
});

/** The pid. */
export const processId = defineField({
  name: "pid",
  isNumber: true,
  summary: "Number of the process",
  source,
  write(line, _record, flags) {
    line.count(line.environment.pid, flags);
  },
});

/** The unique id. */
export const uniqueId = defineField({
  name: "ID",
  summary: "Unique id of the request",
  source,
  write(line, record, flags) {
    line.flagged(record.uniqueId, flags);
  },
});

/** The TLS cipher. */
export const tlsCipher = defineField({
  name: "sslc",
  summary: "TLS cipher of the client's connection",
  source,
  write(line, record, flags) {
    line.flagged(record.tlsCipher, flags);
  },
});

/** The TLS version. */
export const tlsVersion = defineField({
  name: "sslv",
  summary: "TLS version of the client's connection",
  source,
  write(line, record, flags) {
    line.flagged(record.tlsVersion, flags);
  },
});
