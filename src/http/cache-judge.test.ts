import { describe, expect, test } from "bun:test";
import { parseHead } from "../../test/support/parsed-head.ts";
import { CacheJudge } from "./cache-judge.ts";
import { Method } from "./methods.ts";

/** What HAProxy 2.6 does with each of these, seen by whether it adds `cache-control: private`. */
describe("CacheJudge", () => {
  const judge = new CacheJudge();
  const isCacheable = (fields: string, status: number = 200, method: number = Method.GET) => {
    const { head } = parseHead(`HTTP/1.1 ${status} X\r\n${fields}\r\n`, { isResponse: true });
    return judge.isCacheable(head, method);
  };

  test.each([
    { fields: 'ETag: "x"\r\n', cacheable: true },
    { fields: "Last-Modified: x\r\n", cacheable: true },
    { fields: "Expires: x\r\n", cacheable: true },
    { fields: "Vary: a\r\n", cacheable: false },
    { fields: "", cacheable: false },
    { fields: "Cache-Control: public\r\n", cacheable: false },
    { fields: "Cache-Control: max-age=0\r\n", cacheable: false },
    { fields: "Cache-Control: MAX-AGE=5\r\n", cacheable: true },
    { fields: 'Cache-Control: max-age="5"\r\n', cacheable: true },
    { fields: "Cache-Control: s-maxage=3\r\n", cacheable: true },
    { fields: "Cache-Control: s-maxage=0, max-age=5\r\n", cacheable: false },
    { fields: "Cache-Control: no-store\r\n", cacheable: false },
    { fields: "Cache-Control: public, no-cache\r\n", cacheable: false },
    { fields: 'Cache-Control: private="x"\r\n', cacheable: false },
    { fields: 'Cache-Control: private\r\nETag: "x"\r\n', cacheable: false },
    { fields: 'Cache-Control: no-cache="set-cookie", max-age=5\r\n', cacheable: true },
    { fields: 'Cache-Control: a="b, no-store", max-age=5\r\n', cacheable: true },
    { fields: 'Cache-Control: foo\r\nETag: "x"\r\n', cacheable: true },
    { fields: "Cache-Control: max-age=5\r\nCache-Control: no-store\r\n", cacheable: false },
    { fields: 'Cache-Control:\r\nETag: "x"\r\n', cacheable: true },
    { fields: 'Pragma: no-cache\r\nETag: "x"\r\n', cacheable: false },
    { fields: "Cache-Control: max-age=99999999999999999999\r\n", cacheable: true },
    { fields: "Cache-Control: ,,max-age\r\n", cacheable: false },
  ])("says $cacheable of $fields", ({ fields, cacheable }) => {
    expect(isCacheable(fields)).toBe(cacheable);
  });

  test.each([200, 203, 204, 206, 300, 301, 404, 405, 410, 414, 501])("keeps %d", (status) => {
    expect(isCacheable('ETag: "x"\r\n', status)).toBe(true);
  });

  test.each([201, 302, 403, 500, 502, 503])("does not keep %d", (status) => {
    expect(isCacheable('ETag: "x"\r\n', status)).toBe(false);
  });

  test("keeps answers to safe methods only", () => {
    const { GET, HEAD, OPTIONS, TRACE } = Method;
    for (const method of Object.values(Method)) {
      const isSafe = [GET, HEAD, OPTIONS, TRACE].some((safe) => safe === method);
      expect(isCacheable('ETag: "x"\r\n', 200, method)).toBe(isSafe);
    }
  });
});
