import { rest } from "../../config/arg.ts";
import type { Diagnostics } from "../../config/diagnostics.ts";
import { defineKeyword } from "../../config/keyword.ts";
import type { Word } from "../../config/word.ts";
import { AddressFamily, SocketAddress } from "../../sys/socket-address.ts";
import { type ExceptNetwork, FORWARDED, type ForwardedSettings } from "../forwarded.ts";

const ALL = ["defaults", "frontend", "listen", "backend"] as const;
const SOURCE = "HAProxy configuration manual, section 4.2";
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;

export const forwardFor = defineKeyword({
  name: "option forwardfor",
  sections: ALL,
  summary: "Adds a field with the client's address to each request",
  source: SOURCE,
  args: [rest("[ except <network> ] [ header <name> ] [ if-none ]")],
  apply(draft, [words], at, diagnostics) {
    const settings = read(words, "x-forwarded-for", true, at, diagnostics);
    if (settings !== undefined) draft.part(FORWARDED).forwardFor = settings;
  },
  disable(draft) {
    draft.part(FORWARDED).forwardFor = null;
  },
  reset(draft) {
    draft.part(FORWARDED).forwardFor = null;
  },
});

export const originalTo = defineKeyword({
  name: "option originalto",
  sections: ALL,
  summary: "Adds a field with the address that the client connected to",
  source: SOURCE,
  args: [rest("[ except <network> ] [ header <name> ]")],
  apply(draft, [words], at, diagnostics) {
    const settings = read(words, "x-original-to", false, at, diagnostics);
    if (settings !== undefined) draft.part(FORWARDED).originalTo = settings;
  },
  disable(draft) {
    draft.part(FORWARDED).originalTo = null;
  },
  reset(draft) {
    draft.part(FORWARDED).originalTo = null;
  },
});

/** What the words say so far. */
interface Reading {
  header: string;
  except: ExceptNetwork | null;
  ifNone: boolean;
}

function read(
  words: readonly Word[],
  header: string,
  takesIfNone: boolean,
  at: Word,
  diagnostics: Diagnostics,
): ForwardedSettings | undefined {
  const reading: Reading = { header, except: null, ifNone: false };
  for (let index = 0; index < words.length; index++) {
    const option = words[index]!;
    if (takesIfNone && option.text === "if-none") {
      reading.ifNone = true;
      continue;
    }
    const value = words[++index];
    const problem = readPair(option.text, value?.text ?? "", reading);
    if (problem === undefined) continue;
    const choices = takesIfNone ? "'except', 'header' and 'if-none'" : "'except' and 'header'";
    diagnostics.error(
      value ?? option,
      problem === "" ? `'${at.text}' only supports optional ${choices} with their values` : problem,
      "write 'except 127.0.0.0/8' or 'header X-Client'",
    );
    return undefined;
  }
  return Object.freeze({ ...reading });
}

/** Reads an option with its value; gives back what is wrong with it, "" for the option itself. */
function readPair(option: string, value: string, reading: Reading): string | undefined {
  if (option === "header" && TOKEN.test(value)) {
    reading.header = value;
    return undefined;
  }
  if (option !== "except" || value === "") return "";
  const network = readNetwork(value);
  if (network === undefined) {
    return `'except' expects an address with an optional prefix length, not "${value}"`;
  }
  reading.except = network;
  return undefined;
}

function readNetwork(text: string): ExceptNetwork | undefined {
  const [host = "", prefix] = text.split("/");
  const address = SocketAddress.fromHost(host, 0);
  if (address === undefined) return undefined;
  const bitsMax = address.family === AddressFamily.INET ? 32 : 128;
  if (prefix === undefined) return { address, bits: bitsMax };
  const mask = SocketAddress.fromHost(prefix, 0);
  if (mask !== undefined && mask.family === AddressFamily.INET && bitsMax === 32) {
    const bits = Math.clz32(~mask.word3);
    return { address, bits };
  }
  const bits = Number(prefix);
  return /^\d+$/.test(prefix) && bits <= bitsMax ? { address, bits } : undefined;
}
