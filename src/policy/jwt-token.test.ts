import { describe, expect, test } from "bun:test";
import { generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { JwtVerdict, readPublicKey, verifyJwt } from "./jwt-token.ts";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = generateKeyPairSync("ec", { namedCurve: "P-256" });
const NO_SECRET = new Uint8Array(0);

function encoded(text: string | Buffer): string {
  return Buffer.from(text).toString("base64url");
}

function tokenOf(algorithm: string, key: KeyObject): string {
  const signed = `${encoded(`{"alg":"${algorithm}"}`)}.${encoded('{"n":1}')}`;
  const signature = sign(`sha${algorithm.slice(2)}`, Buffer.from(signed), {
    key,
    dsaEncoding: "ieee-p1363",
  });
  return `${signed}.${encoded(signature)}`;
}

function pem(key: KeyObject): string {
  return key.export({ type: "spki", format: "pem" }) as string;
}

describe("a token's signature", () => {
  test.each([
    ["RS256", rsa],
    ["RS512", rsa],
    ["ES256", ec],
  ] as const)("of %s is verified with the public key", (algorithm, { privateKey, publicKey }) => {
    const token = tokenOf(algorithm, privateKey);
    const key = readPublicKey(pem(publicKey));
    const other = algorithm.startsWith("RS") ? ec.publicKey : rsa.publicKey;
    const forged = `${token.slice(0, -8)}AAAAAAAA`;

    expect(verifyJwt(token, algorithm, NO_SECRET, key)).toBe(JwtVerdict.SUCCESS);
    expect(verifyJwt(forged, algorithm, NO_SECRET, key)).toBe(JwtVerdict.FAILURE);
    expect(verifyJwt(token, algorithm, NO_SECRET, other)).toBe(JwtVerdict.FAILURE);
    expect(verifyJwt(token, algorithm, NO_SECRET, undefined)).toBe(JwtVerdict.UNKNOWN_CERTIFICATE);
  });

  test("made with a public key as secret is no signature of that key", () => {
    const token = tokenOf("RS256", rsa.privateKey);

    expect(verifyJwt(token, "HS256", Buffer.from(pem(rsa.publicKey)), undefined)).toBe(
      JwtVerdict.FAILURE,
    );
  });

  test("cannot be verified by algorithms that are unknown or not managed", () => {
    expect(verifyJwt("a.b.c", "PS256", NO_SECRET, undefined)).toBe(JwtVerdict.UNMANAGED_ALGORITHM);
    expect(verifyJwt("a.b.c", "hs256", NO_SECRET, undefined)).toBe(JwtVerdict.UNKNOWN_ALGORITHM);
  });
});
