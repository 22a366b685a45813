import { AddressFamily, type SocketAddress } from "../../sys/socket-address.ts";
import { defineField } from "../field.ts";
import type { LineWriter } from "../line-writer.ts";

const source = "HAProxy configuration manual, section 8.2.6";

/** The client's address. */
export const clientAddress = defineField({
  name: "ci",
  summary: "Client's address",
  source,
  write(line, record, flags) {
    line.address(record.client, flags);
  },
});

/** The client's port. */
export const clientPort = defineField({
  name: "cp",
  isNumber: true,
  summary: "Client's port, or the number of the unix socket it came through",
  source,
  write(line, record, flags) {
    writePort(line, record.client, record.listenerId, flags);
  },
});

/** The address that the client connected to. */
export const frontendAddress = defineField({
  name: "fi",
  summary: "Address that the client connected to",
  source,
  write(line, record, flags) {
    line.address(record.listener, flags);
  },
});

/** The port that the client connected to. */
export const frontendPort = defineField({
  name: "fp",
  isNumber: true,
  summary: "Port that the client connected to",
  source,
  write(line, record, flags) {
    writePort(line, record.listener, record.listenerId, flags);
  },
});

/** Our address towards the server. */
export const backendAddress = defineField({
  name: "bi",
  summary: "Address that the connection to the server came from",
  source,
  write(line, record, flags) {
    line.address(record.source, flags);
  },
});

/** Our port towards the server. */
export const backendPort = defineField({
  name: "bp",
  isNumber: true,
  summary: "Port that the connection to the server came from",
  source,
  write(line, record, flags) {
    writePort(line, record.source, record.listenerId, flags);
  },
});

/** The server's address. */
export const serverAddress = defineField({
  name: "si",
  summary: "Address of the server",
  source,
  write(line, record, flags) {
    line.address(record.server, flags);
  },
});

/** The server's port. */
export const serverPort = defineField({
  name: "sp",
  isNumber: true,
  summary: "Port of the server",
  source,
  write(line, record, flags) {
    writePort(line, record.server, record.listenerId, flags);
  },
});

/** @hot */
function writePort(
  line: LineWriter,
  address: SocketAddress,
  listenerId: number,
  flags: number,
): void {
  if (address.family === AddressFamily.NONE) {
    line.flagged("", flags);
    return;
  }
  line.count(address.family === AddressFamily.UNIX ? listenerId : address.port, flags);
}
