import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Diagnostics } from "./diagnostics.ts";
import { ENVIRONMENT } from "./environment.ts";
import { readConfig } from "./read-config.ts";
import { readText, SAMPLE, SAMPLE_OPTION, TEST_LANGUAGE } from "./testing.ts";

const messagesOf = (...lines: string[]) =>
  readText(lines).diagnostics.list.map((item) => item.message);

describe("sections", () => {
  test("a proxy inherits from the last defaults, or from those it names", () => {
    const { draft, output } = readText([
      "defaults one",
      " mode http",
      " timeout client 5s",
      "defaults two from one",
      " timeout client 7s",
      "backend last",
      "backend named from one",
      " mode tcp",
    ]);
    const samples = draft.proxies.map((proxy) => proxy.part(SAMPLE));

    expect(output).toBe("");
    expect(samples).toMatchObject([
      { mode: "http", timeoutMs: 7_000 },
      { mode: "tcp", timeoutMs: 5_000 },
    ]);
  });

  test("defaults start anew unless they name others", () => {
    const { draft } = readText(["defaults", " mode http", "defaults", "backend b"]);

    expect(draft.proxies[0]!.part(SAMPLE).mode).toBe("tcp");
  });

  test("global can be opened again", () => {
    const { draft } = readText(["global", " setenv A 1", "backend b", "global", " setenv B 2"]);
    const environment = draft.global.part(ENVIRONMENT);

    expect([environment.get("A"), environment.get("B")]).toEqual(["1", "2"]);
  });

  test("one name can stand for a frontend and a backend", () => {
    expect(messagesOf("frontend a", " bind :1", "backend a")).toEqual([]);
    expect(messagesOf("frontend a", "listen a")[0]).toBe(
      "proxy 'a' has the same name as frontend 'a' declared at test.cfg:1.",
    );
  });

  test("proxies are numbered from 2, past the numbers that are taken", () => {
    const { draft } = readText(["backend a", "backend b", " id 3", "backend c", "backend d"]);

    expect(draft.proxies.map((proxy) => proxy.id)).toEqual([2, 3, 4, 5]);
    expect(messagesOf("backend a", " id 7", "backend b", " id 7")).toContain(
      "backend 'b' reuses same custom id as backend 'a' (declared at test.cfg:1).",
    );
  });

  test("the forms of the first versions listen, with a warning", () => {
    const { draft, diagnostics } = readText([
      "listen web 192.0.2.1:80,:81",
      "listen 192.0.2.1:82",
      "listen named:83",
      " bind :84",
    ]);
    const addresses = draft.proxies.map((proxy) =>
      proxy.binds.flatMap((bind) => bind.addresses.map((word) => word.text)),
    );

    expect(addresses).toEqual([["192.0.2.1:80", ":81"], ["192.0.2.1:82"], [":84"]]);
    expect(draft.proxies[1]!.name.text).toBe("192.0.2.1:82");
    expect(diagnostics.errorCount).toBe(0);
    expect(diagnostics.list[0]!.message).toContain("Use 'bind 192.0.2.1:80,:81' instead.");
  });

  test("disabled is inherited and can be taken back", () => {
    const { draft } = readText(["defaults", " disabled", "backend a", "backend b", " enabled"]);

    expect(draft.proxies.map((proxy) => proxy.isDisabled)).toEqual([true, false]);
  });

  test("a section that is not built is skipped as a whole", () => {
    expect(messagesOf("resolvers u", " user x", "backend b", " mode http")).toEqual([
      "section 'resolvers' exists in the reference but is not built yet.",
      "Error(s) found in configuration file : test.cfg",
    ]);
  });

  test("a keyword judges its section once all is read", () => {
    expect(messagesOf("defaults", " mode http", "backend judged")).toEqual([
      "the section was judged.",
    ]);
    expect(messagesOf("backend judged")).toEqual([]);
  });
});

describe("keywords", () => {
  test("no and default change what defaults say", () => {
    const { draft, output } = readText([
      "defaults",
      " option tcpka",
      "backend a",
      "backend b",
      " no option tcpka",
      "backend c",
      " default option tcpka",
    ]);

    expect(output).toBe("");
    expect(draft.proxies.map((proxy) => proxy.part(SAMPLE).hasOption)).toEqual([
      true,
      false,
      false,
    ]);
  });

  test("what was used is known with its place", () => {
    const { draft } = readText(["defaults", " mode http", "backend a"]);

    expect(draft.proxies[0]!.used.get("mode")).toMatchObject({ line: 2, column: 2 });
  });

  test("what belongs to the other side is ignored, its arguments are not", () => {
    const { draft, diagnostics } = readText(["frontend f", " bind :1", " balance leastconn"]);

    expect(diagnostics.list.map((item) => item.message)).toEqual([
      "'balance' ignored because frontend 'f' has no backend capability.",
    ]);
    expect(draft.proxies[0]!.has(SAMPLE)).toBe(false);
    expect(messagesOf("frontend f", " balance zork")[0]).toContain("but got 'zork'");
  });

  test("variables that are set hold for the lines below", () => {
    const { draft } = readText(
      ["global", ' setenv A "x$A"', ' setenv B "$A"', " unsetenv A", ' setenv C "-$A-"'],
      { A: "1" },
    );
    const environment = draft.global.part(ENVIRONMENT);

    expect(["A", "B", "C"].map((name) => environment.get(name))).toEqual([undefined, "x1", "--"]);
  });

  test("presetenv keeps what there is, resetenv what is named", () => {
    const { draft } = readText(
      ["global", " presetenv A 2", " presetenv B 3", " resetenv A", " setenv D 4"],
      { A: "1", C: "1" },
    );

    expect(draft.global.part(ENVIRONMENT).toObject()).toEqual({ A: "1", D: "4" });
  });
});

describe("server and bind lines", () => {
  test("a server starts with what default-server said so far", () => {
    const { draft, output } = readText([
      "defaults",
      " default-server weight 5",
      "backend b",
      " server a 192.0.2.1:80",
      " default-server check",
      " server b 192.0.2.2:80 weight 9",
    ]);
    const parts = draft.proxies[0]!.servers.map((server) => server.part(SAMPLE_OPTION));

    expect(output).toBe("");
    expect(parts).toMatchObject([
      { weight: 5, checks: false },
      { weight: 9, checks: true },
    ]);
  });

  test("a bind line has its addresses cut at commas, each with its place", () => {
    const { draft } = readText(["frontend f", " bind :80,192.0.2.1:81 name web"]);
    const bind = draft.proxies[0]!.binds[0]!;

    expect(bind.addresses.map(({ text, column }) => [text, column])).toEqual([
      [":80", 7],
      ["192.0.2.1:81", 11],
    ]);
    expect(bind.part(SAMPLE_OPTION).name).toBe("web");
  });
});

describe("conditional blocks", () => {
  test("branches are read by their conditions", () => {
    const { draft } = readText(
      [
        "global",
        ".if defined(A)",
        " .if 0",
        "  setenv R no",
        " .elif streq($B,x)",
        "  setenv R no",
        ' .elif streq("$B",b)',
        "  setenv R yes",
        " .elif 1",
        "  setenv R no",
        " .else",
        "  setenv R no",
        " .endif",
        ".else",
        " .if nonsense(",
        " .endif",
        " setenv R no",
        ".endif",
      ],
      { A: "", B: "b" },
    );

    expect(draft.global.part(ENVIRONMENT).get("R")).toBe("yes");
  });
});

describe("files", () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-config-"));
  beforeAll(() => {
    mkdirSync(join(folder, "d"));
    writeFileSync(join(folder, "d/b.cfg"), "backend b\n");
    writeFileSync(join(folder, "d/a.cfg"), "backend a\n");
    writeFileSync(join(folder, "d/.hidden.cfg"), "nonsense\n");
    writeFileSync(join(folder, "d/c.txt"), "nonsense\n");
    writeFileSync(join(folder, "lines.cfg"), " mode http\n");
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const read = (...paths: string[]) => {
    const diagnostics = new Diagnostics();
    const files = paths.map((path) => join(folder, path));
    const draft = readConfig(files, { language: TEST_LANGUAGE, variables: {} }, diagnostics);
    return { draft, messages: diagnostics.list.map((item) => item.message.replaceAll(folder, "")) };
  };

  test("a directory stands for its .cfg files in order", () => {
    const { draft, messages } = read("d");

    expect(messages).toEqual([]);
    expect(draft.proxies.map((proxy) => proxy.name.text)).toEqual(["a", "b"]);
    expect(draft.global.part(ENVIRONMENT).get("HAPROXY_CFGFILES")).toBe(
      `${folder}/d/a.cfg;${folder}/d/b.cfg`,
    );
  });

  test("a file does not go on with the section of the one before", () => {
    expect(read("d", "lines.cfg").messages[0]).toBe("unknown keyword 'mode' out of section.");
  });

  test("a file that is not there is named", () => {
    expect(read("none.cfg").messages).toEqual([
      "Cannot open configuration file/directory /none.cfg : No such file or directory",
    ]);
  });
});
