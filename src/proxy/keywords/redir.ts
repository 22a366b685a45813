import { argument } from "../../config/arg.ts";
import { defineServerOption } from "../../config/keyword.ts";
import { ROUTE } from "../server-route.ts";

/** It becomes a part of a header field. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const BAD_PREFIX = /[\x00-\x20\x7f]/;

const prefix = argument("prefix", (value, refuse) => {
  if (!BAD_PREFIX.test(value)) return value;
  return refuse(
    "<prefix> holds a blank or a control character, which no location may have.",
    "Write a URI without a slash at its end: redir http://images.example.com",
  );
});

export const redir = defineServerOption({
  name: "redir",
  summary: "Sends clients that GET something from the server to the same path under a prefix (302)",
  source: "HAProxy configuration manual, section 5.2",
  args: [prefix],
  apply(server, [location], at, diagnostics) {
    server.part(ROUTE).redirectPrefix = location;
    const isRelative = location.startsWith("/");
    if (!isRelative) return;
    diagnostics.warn(
      at,
      `'redir ${location}' : a relative location leads clients back to this proxy, in a loop.`,
      "Write the whole URI of the server: redir http://images.example.com",
    );
  },
});
