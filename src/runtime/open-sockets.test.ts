import { afterAll, describe, expect, test } from "bun:test";
import { existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Diagnostics } from "../config/diagnostics.ts";
import { madeWord } from "../config/word.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { AccessLevel } from "./level.ts";
import { openRuntimeSockets } from "./open-sockets.ts";
import { parseEndpoint } from "./parse-endpoint.ts";
import type { RuntimeEndpoint, RuntimeSocketDraft } from "./runtime-part.ts";

const directory = mkdtempSync(join(tmpdir(), "runtime-"));
afterAll(() => rmSync(directory, { recursive: true }));

function draft(text: string, changes: Partial<RuntimeSocketDraft> = {}): RuntimeSocketDraft {
  const endpoint = parseEndpoint(text) as RuntimeEndpoint;
  const at = madeWord(text);
  return {
    at,
    text,
    endpoint,
    level: AccessLevel.ADMIN,
    mode: -1,
    userId: -1,
    groupId: -1,
    ...changes,
  };
}

describe("openRuntimeSockets()", () => {
  test("replaces what is at a path, with its permissions, and leaves nothing else behind", () => {
    const path = join(directory, "a.sock");
    writeFileSync(path, "stale");
    const diagnostics = new Diagnostics();
    const [socket] = openRuntimeSockets([draft(path, { mode: 0o600 })], diagnostics);

    expect(diagnostics.errorCount).toBe(0);
    expect(statSync(path).isSocket()).toBe(true);
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(directory)).toEqual(["a.sock"]);
    expect(socket!.address).toBe(`unix@${path}`);
    closeDescriptor(socket!.fd);
  });

  test("listens on an address", async () => {
    const free = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => free.once("listening", resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const [socket] = openRuntimeSockets([draft(`127.0.0.1:${port}`)], new Diagnostics());

    expect(socket!.address).toBe(`ipv4@127.0.0.1:${port}`);
    const client = connect(port, "127.0.0.1");
    await new Promise((resolve) => client.once("connect", resolve));
    client.destroy();
    closeDescriptor(socket!.fd);
  });

  test("says what cannot be opened, and opens the rest", () => {
    const diagnostics = new Diagnostics();
    const path = join(directory, "missing", "b.sock");
    const sockets = openRuntimeSockets(
      [draft(path), draft(join(directory, "c.sock"))],
      diagnostics,
    );

    expect(sockets).toHaveLength(1);
    expect(diagnostics.list[0]!.message).toBe(
      `Starting GLOBAL: cannot listen on '${path}' (No such file or directory)`,
    );
    expect(existsSync(join(directory, "c.sock"))).toBe(true);
    closeDescriptor(sockets[0]!.fd);
  });
});

describe("parseEndpoint()", () => {
  const shown = (text: string) => {
    const endpoint = parseEndpoint(text);
    if (typeof endpoint === "string") return endpoint;
    return endpoint.kind === "descriptor" ? `fd ${endpoint.fd}` : endpoint.address.toString();
  };
  test.each([
    { text: "/run/a.sock", endpoint: "unix@/run/a.sock" },
    { text: "unix@/run/a.sock", endpoint: "unix@/run/a.sock" },
    { text: "abns@name", endpoint: "abns@name" },
    { text: "fd@7", endpoint: "fd 7" },
    { text: "127.0.0.1:9999", endpoint: "127.0.0.1:9999" },
    { text: "ipv4@127.0.0.1:9999", endpoint: "127.0.0.1:9999" },
    { text: "*:9999", endpoint: "0.0.0.0:9999" },
    { text: ":9999", endpoint: "0.0.0.0:9999" },
    { text: "::1:9999", endpoint: "[::1]:9999" },
    { text: "[::1]:9999", endpoint: "[::1]:9999" },
    { text: "127.0.0.1", endpoint: "missing port specification in '127.0.0.1'" },
    { text: "127.0.0.1:0", endpoint: "invalid port '0' in '127.0.0.1:0'" },
    { text: "nohost:99", endpoint: "invalid address: 'nohost' in 'nohost:99'" },
    {
      text: `/${"x".repeat(200)}`,
      endpoint: `socket path '/${"x".repeat(200)}' too long (max 107)`,
    },
  ])("reads $text", ({ text, endpoint }) => {
    expect(shown(text)).toBe(endpoint);
  });
});
