import type { Trial } from "../support/rule-trials.ts";

/** Rules and messages that both programs treat alike. */
export const TRIALS: readonly Trial[] = [
  {
    name: "add-header case",
    frontend: [
      "http-request add-header X-Foo bar",
      "http-response add-header X-Out %[res.hdr(x-server)]",
    ],
  },
  {
    name: "set-header twice",
    frontend: ["http-request set-header X-A %[req.hdr(x-a)]-b"],
    request: ["GET / HTTP/1.1", "host: a.test", "X-A: 1", "x-a: 2"],
  },
  {
    name: "set-header empty",
    frontend: ["http-request set-header X-A %[req.hdr(x-none)]"],
  },
  {
    name: "del-header beg",
    frontend: ["http-request del-header x- -m beg"],
    request: ["GET / HTTP/1.1", "host: a.test", "X-A: 1", "a-x: 2"],
  },
  {
    name: "del-header Str case",
    frontend: ["http-request del-header X-A -m sub"],
    request: ["GET / HTTP/1.1", "host: a.test", "Foo-X-A-b: 1", "a-x: 2"],
  },
  {
    name: "set-method",
    frontend: ["http-request set-method FOO"],
  },
  {
    name: "set-method CONNECT",
    frontend: ["http-request set-method CONNECT"],
  },
  {
    name: "set-method HEAD",
    frontend: ["http-request set-method HEAD"],
  },
  {
    name: "set-path",
    frontend: ["http-request set-path /x%[path]"],
  },
  {
    name: "set-path abs",
    frontend: ["http-request set-path /x"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-path star",
    frontend: ["http-request set-path /x"],
    request: ["OPTIONS * HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-path empty",
    frontend: ["http-request set-path %[req.hdr(none)]"],
  },
  {
    name: "set-path crlf",
    frontend: ["http-request set-path %[str(/a%0d%0aX:b),url_dec]"],
  },
  {
    name: "set-header crlf",
    frontend: ["http-request set-header x-a %[str(/a%0d%0aX:b),url_dec]"],
  },
  {
    name: "set-header nul",
    frontend: ["http-request set-header x-a %[str(/a%00b),url_dec]"],
  },
  {
    name: "set-pathq",
    frontend: ["http-request set-pathq /n?z"],
  },
  {
    name: "set-pathq none",
    frontend: ["http-request set-pathq /n"],
  },
  {
    name: "set-query",
    frontend: ["http-request set-query z=2"],
  },
  {
    name: "set-query none",
    frontend: ["http-request set-query z=2"],
    request: ["GET / HTTP/1.1", "host: a.test"],
  },
  {
    name: "set-query empty",
    frontend: ["http-request set-query %[req.hdr(none)]"],
  },
  {
    name: "set-uri",
    frontend: ["http-request set-uri http://c.test/n?z"],
  },
  {
    name: "set-uri rel",
    frontend: ["http-request set-uri /n?z"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "replace-path",
    frontend: ["http-request replace-path /a(.*) /z\\1"],
  },
  {
    name: "replace-path nomatch",
    frontend: ["http-request replace-path ^/q(.*) /z\\1"],
  },
  {
    name: "replace-pathq",
    frontend: ["http-request replace-pathq ([^?]*)(\\?.*)? \\1/foo\\2"],
  },
  {
    name: "replace-uri",
    frontend: ["http-request replace-uri ^http://(.*) https://\\1"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-status",
    frontend: ['http-response set-status 503 reason "Slow Down"'],
  },
  {
    name: "set-status default",
    frontend: ["http-response set-status 431"],
  },
  {
    name: "set-status 200 x",
    frontend: ["http-response set-status 299"],
  },
  {
    name: "set-log-level silent",
    frontend: ["http-request set-log-level silent"],
  },
  {
    name: "set-log-level err",
    frontend: ["http-request set-log-level err"],
  },
  {
    name: "set-log-level resp",
    frontend: ["http-response set-log-level warning"],
  },
  {
    name: "connection close",
    frontend: ["http-request set-header Connection close"],
  },
  {
    name: "connection close resp",
    frontend: ["http-response set-header Connection close"],
  },
  {
    name: "connection xx",
    frontend: ["http-request set-header Connection x-foo"],
    request: ["GET / HTTP/1.1", "host: a.test", "x-foo: 1"],
  },
  {
    name: "content-length set none",
    frontend: ["http-request set-header Content-Length 5"],
  },
  {
    name: "te del",
    frontend: ["http-request del-header Transfer-Encoding"],
    request: ["POST / HTTP/1.1", "host: a.test", "transfer-encoding: chunked"],
    body: "3\r\nabc\r\n0\r\n\r\n",
  },
  {
    name: "resp te del",
    frontend: ["http-response del-header transfer-encoding"],
    response: "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
  },
  {
    name: "host set",
    frontend: ["http-request set-header host b.test"],
  },
  {
    name: "host set abs",
    frontend: ["http-request set-header host c.test"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "host del",
    frontend: ["http-request del-header host"],
  },
  {
    name: "set-uri host",
    frontend: ["http-request set-uri http://c.test/q"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "all bytes",
    frontend: [
      "http-request set-header x-a %[str(%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14%15%16%17%18%19%1a%1b%1c%1d%1e%1f%22%23%25%5b%5c%5d%7c%7f%80%ff),url_dec]",
    ],
  },
  {
    name: "all bytes resp",
    frontend: [
      "http-response set-header x-a %[str(%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14%15%16%17%18%19%1a%1b%1c%1d%1e%1f%22%23%25%5b%5c%5d%7c%7f%80%ff),url_dec]",
    ],
  },
  {
    name: "all bytes replace",
    frontend: [
      "http-request replace-header x-a (.*) %[str(%01%02%03%04%05%06%07%08%09%0a%0b%0c%0d%0e%0f%10%11%12%13%14%15%16%17%18%19%1a%1b%1c%1d%1e%1f%22%23%25%5b%5c%5d%7c%7f%80%ff),url_dec]",
    ],
    request: ["GET / HTTP/1.1", "host: a.test", "x-a: b"],
  },
  {
    name: "after deny",
    frontend: [
      "http-request deny",
      "http-after-response set-header x-a %[res.hdr(x-server)]-%[res.hdr(content-type)]",
    ],
  },
  {
    name: "after 503",
    frontend: ["http-after-response set-header x-a %[res.hdr(x-server)]"],
    response: null,
  },
  {
    name: "after 503 backend",
    frontend: ["http-after-response set-header x-a %[res.hdr(x-server)]-%[res.hdr(x-b)]"],
    response: null,
    backend: ["http-after-response set-header x-b be"],
  },
  {
    name: "after 400",
    frontend: ["http-after-response set-header x-a %[res.hdr(x-server)]"],
    request: ["GET / HTTP/1.1", "bad header: x"],
  },
  {
    name: "after set-status",
    frontend: [
      "http-request deny",
      "http-after-response set-status 299 reason Hm",
      "http-after-response del-header content-type",
    ],
  },
  {
    name: "after conn",
    frontend: ["http-request deny", "http-after-response set-header connection close"],
  },
  {
    name: "after 502",
    frontend: ["http-after-response set-header x-a %[res.hdr(x-server)]"],
    response: "bad",
  },
  {
    name: "after interim",
    frontend: [
      "http-after-response set-header x-a %[res.hdr(x-server)]",
      "http-response add-header x-r 1",
    ],
    response: "HTTP/1.1 103 Early\r\nlink: a\r\n\r\nHTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nhi",
  },
  {
    name: "GET to POST",
    frontend: ["http-request set-method POST"],
  },
  {
    name: "conn te replace",
    frontend: ["http-request replace-header te (.*) x"],
    request: ["GET / HTTP/1.1", "host: a.test", "te: trailers", "connection: te"],
  },
  {
    name: "replace empty match",
    frontend: ["http-request replace-header x-a b* Z"],
    request: ["GET / HTTP/1.1", "host: a.test", "x-a: "],
  },
  {
    name: "replace bad backref",
    frontend: ["http-request replace-header x-a (b)|c [\\1\\2\\\\1]"],
    request: ["GET / HTTP/1.1", "host: a.test", "x-a: c"],
  },
  {
    name: "Q",
    frontend: ["http-request set-header x-a %{+Q}[path]", "http-request set-header x-b %{+Q}b"],
  },
  {
    name: "hex esc",
    frontend: [
      "http-request replace-header x-a (.)(.)(.)(.)(.)(.)(.)(.)(.)(.) '<\\x41\\10\\0\\\\z>'",
    ],
    request: ["GET /a/b?x=1 HTTP/1.1", "host: a.test", "x-a: 0123456789"],
  },
  {
    name: "rep val blanks",
    frontend: ["http-request replace-value x-a ^b$ Z"],
    request: ["GET /a/b?x=1 HTTP/1.1", "host: a.test", "x-a: a , b ,b , c"],
  },
  {
    name: "rep val empty",
    frontend: ["http-request replace-value x-a ^$ Z"],
    request: ["GET /a/b?x=1 HTTP/1.1", "host: a.test", "x-a: a,,b"],
  },
  {
    name: "rep val longer",
    frontend: ["http-request replace-value x-a ^.$ 1,2"],
    request: ["GET /a/b?x=1 HTTP/1.1", "host: a.test", "x-a: a,b"],
  },
  {
    name: "conn ka req",
    frontend: ["http-request set-header connection keep-alive"],
  },
  {
    name: "conn del req",
    frontend: ["http-request del-header connection"],
    request: ["GET / HTTP/1.1", "host: a.test", "connection: close"],
  },
  {
    name: "conn add close resp",
    frontend: ["http-response add-header connection close"],
  },
  {
    name: "conn ka resp",
    frontend: ["http-response set-header connection keep-alive"],
  },
  {
    name: "conn ka resp closing client",
    frontend: ["http-response set-header connection keep-alive"],
    request: ["GET / HTTP/1.1", "host: a.test", "connection: close"],
  },
  {
    name: "status in log",
    frontend: ["http-response set-status 404"],
    logFormat: "%f %ST",
  },
  {
    name: "status 204",
    frontend: ["http-response set-status 204"],
  },
  {
    name: "status 304",
    frontend: ["http-response set-status 304"],
  },
  {
    name: "host two",
    frontend: ["http-request set-header host b.test"],
    request: ["GET / HTTP/1.1", "x: 1", "host: a"],
  },
  {
    name: "host set twice",
    frontend: ["http-request set-header host b.test", "http-request set-header host c.test"],
    request: ["GET http://d/ HTTP/1.1", "host: d"],
  },
  {
    name: "host del abs",
    frontend: ["http-request del-header host"],
    request: ["GET http://d/ HTTP/1.1", "host: d"],
  },
  {
    name: "host replace abs",
    frontend: ["http-request replace-header host d e"],
    request: ["GET http://d/ HTTP/1.1", "host: d"],
  },
  {
    name: "set-uri nohost",
    frontend: ["http-request set-uri http://c.test/q"],
    request: ["GET / HTTP/1.0"],
  },
  {
    name: "set-uri star",
    frontend: ["http-request set-uri *"],
  },
  {
    name: "set-uri bare",
    frontend: ["http-request set-uri foo"],
  },
  {
    name: "set-uri authority",
    frontend: ["http-request set-uri //c.test/x"],
  },
  {
    name: "set-pathq abs",
    frontend: ["http-request set-pathq /n?z"],
    request: ["GET http://b.test/q?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-path abs nopath",
    frontend: ["http-request set-path /n"],
    request: ["GET http://b.test?y HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-path abs nopath2",
    frontend: ["http-request set-path /n"],
    request: ["GET http://b.test HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-query star",
    frontend: ["http-request set-query a"],
    request: ["OPTIONS * HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-query abs nopath",
    frontend: ["http-request set-query a"],
    request: ["GET http://b.test HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-query noq empty",
    frontend: ["http-request set-query %[req.hdr(n)]"],
    request: ["GET /a HTTP/1.1", "host: b.test"],
  },
  {
    name: "replace-path star",
    frontend: ["http-request replace-path .* /n"],
    request: ["OPTIONS * HTTP/1.1", "host: b.test"],
  },
  {
    name: "replace-path abs none",
    frontend: ["http-request replace-path .* /n"],
    request: ["GET http://b.test HTTP/1.1", "host: b.test"],
  },
  {
    name: "set-path with q",
    frontend: ["http-request set-path /n?p"],
  },
  {
    name: "path after set",
    frontend: ["http-request set-path /n?p", "http-request set-header x %[path]|%[method]"],
  },
  {
    name: "var",
    frontend: [
      "http-request set-var(txn.a) path,length",
      "http-request set-header x %[var(txn.a)]",
      "http-response set-header y %[var(txn.a)]",
    ],
  },
  {
    name: "var ifset",
    frontend: [
      "http-request set-var(txn.a,ifexists) int(1)",
      "http-request set-var(txn.b,ifnotexists) int(2)",
      "http-request set-var(txn.b,ifnotexists) int(3)",
      "http-request set-var(txn.c,ifnotempty) req.hdr(none)",
      "http-request set-var(txn.d,ifset) int(0)",
      "http-request set-var(txn.e,ifgt) int(4)",
      "http-request set-var(txn.e,iflt) int(3)",
      "http-request set-header x %[var(txn.a)]|%[var(txn.b)]|%[var(txn.c)]|%[var(txn.d)]|%[var(txn.e)]",
    ],
  },
  {
    name: "var fetch fails",
    frontend: [
      "http-request set-var(txn.a) int(1)",
      "http-request set-var(txn.a) req.hdr(none)",
      "http-request set-header x %[var(txn.a)]",
    ],
  },
  {
    name: "var fmt empty",
    frontend: [
      "http-request set-var(txn.a) int(1)",
      "http-request set-var-fmt(txn.a) %[req.hdr(none)]",
      "http-request set-header x '%[var(txn.a)]|%[var(txn.a),length]'",
    ],
  },
  {
    name: "unset",
    frontend: [
      "http-request set-var(txn.a) int(1)",
      "http-request unset-var(txn.a)",
      "http-request set-header x %[var(txn.a)]",
    ],
  },
  {
    name: "req to resp",
    frontend: [
      "http-request set-var(req.a) int(1)",
      "http-response set-header y [%[var(req.a)]]",
      "http-response set-var(res.b) int(2)",
      "http-after-response set-header z [%[var(res.b)]]",
    ],
    logFormat: "%f %[var(req.a)] %[var(res.b)] %[var(txn.a)]",
  },
  {
    name: "res in req",
    frontend: [
      "http-request set-var(res.a) int(1)",
      "http-request set-header y [%[var(res.a)]]",
      "http-response set-header y [%[var(res.a)]]",
    ],
  },
  {
    name: "silent after",
    frontend: ["http-after-response set-var(txn.a) res.hdr(x-server)"],
    logFormat: "%f %[var(txn.a)]",
  },
  {
    name: "del host str",
    frontend: ["http-request del-header HOST -m end"],
  },
  {
    name: "formats keep their blanks",
    frontend: [
      "http-request set-header x-a ' a  b '",
      "http-request set-header x-b '  %[str(b)]  %f '",
      "http-response set-header x-a ' a  b '",
      "http-request redirect location ' /a  %[str(x)] ' if { path /c }",
    ],
  },
  {
    name: "a location with blanks",
    frontend: ["http-request redirect location ' /a  %[str(x)] '"],
  },
  {
    name: "formats of answers keep their blanks, and encode",
    frontend: [
      "http-request return status 200 hdr x ' a  %[bin(0161)]%{+Q}[str(a)]%{+E}[bin(5d)]%[var(txn.n)]|'" +
        " content-type a/b lf-string '  a %[bin(0141)] %{+E}[bin(5d22)] %{+Q}[str(a)]  %f'",
    ],
  },
  {
    name: "unique ids merge blanks",
    frontend: [
      "unique-id-format '%[bin(61010a5d225c7fff0962)]|%{+E}[bin(5d225c7f)]|%{+Q}[str(a)]|%[var(txn.n)]|  %[str(a)]'",
      "http-request set-header x %[unique-id,hex]",
    ],
  },
  {
    name: "flags of expressions in heads",
    frontend: [
      "http-request set-var(txn.a) bin(6101025d7fff5c22620a)",
      "http-request set-header x %{+E}[var(txn.a)]",
      "http-request set-header q %{+Q}[var(txn.a)]",
      "http-request set-header qe %{+Q,+E}[var(txn.a)]",
      "http-request set-path /%{+E}[var(txn.a)]",
    ],
  },
  {
    name: "set-var-fmt keeps bytes as they are",
    frontend: [
      "http-request set-var(txn.a) bin(6101020a5d225c7fff0962)",
      "http-request set-var-fmt(txn.b) ' a%[var(txn.n)]  b%{+Q}[var(txn.n)]%[var(txn.a)] '",
      "http-request set-header x %[var(txn.b),hex]",
      "http-request set-header y %[var(txn.b)]",
      "http-request set-var-fmt(txn.b) '%{+Q,+E}[var(txn.a)]'",
      "http-request set-header z %[var(txn.b),hex]",
      "http-request set-var-fmt(txn.b) '%{+X}[int(300)]|%{+Q}[int(3)]|%{+Q}f|%ST|%hr|%{+Q}hr|%B|%s'",
      "http-request set-header w %[var(txn.b)]",
      "http-request set-var-fmt(txn.b) '%hr x %hrl %b'",
      "http-request set-header v %[var(txn.b),hex]",
    ],
  },
  {
    name: "set-var-fmt elsewhere",
    frontend: [
      "tcp-request content set-var-fmt(txn.b) ' a  %[bin(0a01)]%[var(txn.n)] '",
      "http-request set-header x %[var(txn.b),hex]",
      "http-response set-var-fmt(txn.c) ' a  %[bin(0a01)]%[var(txn.n)] '",
      "http-response set-header x %[var(txn.c),hex]",
    ],
  },
];
