/** What a scenario adds to the plain configuration, and what its clients ask for. */
export interface RuleWork {
  /** Files beside the configuration, by name; `@NAME@` in lines stands for their paths. */
  readonly files: Readonly<Record<string, () => string>>;
  /** Lines of the frontend, in front of its `default_backend`. */
  readonly frontend: readonly string[];
  /** Sections behind all others; `@ORIGIN@` stands for the origin's address. */
  readonly sections: readonly string[];
  /** What is asked for in turn; the tool is wrk then. */
  readonly requests: readonly ScriptedRequest[];
}

/** A request that a client sends again and again. */
export interface ScriptedRequest {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

const BROWSER = {
  "User-Agent":
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/128.0 Safari/537.36",
  Accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8",
  "Accept-Language": "en-GB,en;q=0.7,de;q=0.3",
  "Accept-Encoding": "gzip, deflate, br",
  Cookie: "session=4f6b2c9e0d1a4b7c8e9f; theme=dark; consent=all",
  Referer: "http://www.example.com/small/overview?from=menu",
} as const;

const HOSTS = 50;
const MAPPED_HOSTS = 1000;
const ADDRESSES = 100_000;

const PATHS = [
  "/small/",
  "/small/api/v1/orders?page=2",
  "/small/products/4711/red-shoes",
  "/small/assets/site.css?version=12",
  "/small/account/settings",
] as const;

const siteOf = (number: number) => `site-${number}.example.com`;
const shopOf = (number: number) => `shop-${number}.example.net`;

/** An address of the list: its numbers are spread over all networks but the special ones. */
function addressOf(number: number): string {
  const word = Math.imul(number, 2654435761) >>> 0;
  return `${20 + ((word >>> 24) % 200)}.${(word >>> 16) & 255}.${(word >>> 8) & 255}.${word & 255}`;
}

const numbers = (count: number) => Array.from({ length: count }, (_, number) => number);

function browse(count: number, hostOf: (number: number) => string): readonly ScriptedRequest[] {
  return numbers(count).map((number) => ({
    path: PATHS[number % PATHS.length]!,
    headers: {
      Host: hostOf(number),
      ...BROWSER,
      // Every other client is on the list.
      "X-Forwarded-For": `10.1.2.3, ${addressOf(number * 61 + (number % 2) * ADDRESSES)}`,
    },
  }));
}

function backends(count: number): readonly string[] {
  return numbers(count).flatMap((number) => [`backend to-${number}`, "  server one @ORIGIN@"]);
}

/** Twenty rules as sites have them, three captures, a format of its own, and fifty backends. */
export const TYPICAL_RULES: RuleWork = {
  files: {
    "countries.map": () =>
      numbers(ADDRESSES)
        .map(
          (number) => `${addressOf(number)} ${"DEFRGBUSNL".slice((number % 5) * 2).slice(0, 2)}\n`,
        )
        .join(""),
  },
  frontend: [
    'log-format "%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %tsc %ac/%fc/%bc/%sc/%rc %hr %hs %{+Q}r %[var(txn.country)]"',
    "capture request header Host len 64",
    "capture request header User-Agent len 128",
    "capture response header Content-Type len 32",
    "acl is-api path_beg /small/api/ /small/v1/",
    "acl is-static path_end .css .js .png .jpg .svg .woff2",
    "acl is-product path_reg ^/small/products/[0-9]+/[a-z-]+$",
    "acl is-admin hdr(host) -i admin.example.com manage.example.com",
    "acl is-robot hdr_sub(user-agent) -i nikto sqlmap masscan",
    "acl is-local src 127.0.0.0/8 10.0.0.0/8 192.168.0.0/16",
    // 1 to 12: requests.
    "http-request set-var(txn.country) req.hdr_ip(x-forwarded-for,-1),map_ip(@countries.map@,ZZ)",
    "http-request deny if is-robot",
    "http-request deny if is-admin !is-local",
    "http-request deny if { var(txn.country) -m str XX }",
    "http-request set-header X-Country %[var(txn.country)]",
    "http-request set-header X-Forwarded-Proto http",
    "http-request set-header X-Real-Ip %[src]",
    "http-request add-header X-Way outer",
    "http-request set-header X-Product yes if is-product",
    "http-request set-header Cache-Control no-cache if is-api",
    "http-request del-header Referer if is-static",
    "http-request del-header X-Debug unless is-local",
    // 13 to 18: responses.
    "http-response set-header X-Frame-Options DENY",
    "http-response set-header X-Content-Type-Options nosniff",
    "http-response add-header Vary Accept-Encoding",
    "http-response del-header Server",
    "http-response del-header X-Powered-By",
    "http-response set-header X-Served-By %s if { status 200 }",
    // 19 and 20, and a line for each site.
    "use_backend to-0 if is-admin",
    "use_backend to-1 if { hdr(host) -i www.example.com } is-static",
    ...numbers(HOSTS).map(
      (number) => `use_backend to-${number} if { hdr(host) -i ${siteOf(number)} }`,
    ),
  ],
  sections: backends(HOSTS),
  requests: browse(250, (number) => siteOf(number % HOSTS)),
};

/** The same rules where nobody comes by. */
export const RULES_ASIDE: RuleWork = {
  files: TYPICAL_RULES.files,
  frontend: [],
  sections: ["frontend aside", ...TYPICAL_RULES.frontend, ...TYPICAL_RULES.sections],
  requests: TYPICAL_RULES.requests,
};

/** A map of a thousand hosts names the backend. */
export const HOST_MAP: RuleWork = {
  files: {
    "hosts.map": () =>
      numbers(MAPPED_HOSTS)
        .map((number) => `${shopOf(number)} to-${number % HOSTS}\n`)
        .join(""),
  },
  frontend: ["use_backend %[req.hdr(host),lower,map(@hosts.map@,to-0)]"],
  sections: backends(HOSTS),
  requests: browse(MAPPED_HOSTS, shopOf),
};

/** A line of JSON for each request. */
export const JSON_LOG: RuleWork = {
  files: {},
  frontend: [
    "capture request header User-Agent len 128",
    `log-format '{"time":"%tr","client":"%ci","port":%cp,"frontend":"%f","backend":"%b","server":"%s","wait":%Tw,"connect":%Tc,"response":%Tr,"total":%Ta,"status":%ST,"bytes":%B,"state":"%ts","method":"%HM","path":"%[capture.req.uri,json(utf8s)]","agent":"%[capture.req.hdr(0),json(utf8s)]","active":%ac}'`,
  ],
  sections: [],
  requests: browse(250, (number) => siteOf(number % HOSTS)),
};

/** A thousand servers to choose from. */
export const MANY_SERVERS = 1000;

/** A script for wrk that sends requests in turn, put together before the first is sent. */
export function wrkScript(requests: readonly ScriptedRequest[]): string {
  const text = (value: string) => `"${value.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const lines = requests.map(({ path, headers }) => {
    const fields = Object.entries(headers).map(([name, value]) => `[${text(name)}]=${text(value)}`);
    return `  made[#made + 1] = wrk.format("GET", ${text(path)}, {${fields.join(",")}})`;
  });
  return [
    "local made, at = {}, 0",
    "function init()",
    ...lines,
    "end",
    "function request()",
    "  at = at % #made + 1",
    "  return made[at]",
    "end",
    "",
  ].join("\n");
}

/** Puts paths and addresses in the place of `@...@`. */
export function filledIn(line: string, values: Readonly<Record<string, string>>): string {
  return line.replaceAll(/@([\w.]+)@/g, (whole, name: string) => values[name] ?? whole);
}
