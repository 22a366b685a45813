import { createHmac, createPublicKey, type KeyObject, timingSafeEqual, verify } from "node:crypto";

/** What the verification of a token says (manual section 7.3.1, jwt_verify). */
export const JwtVerdict = {
  FAILURE: 0,
  SUCCESS: 1,
  UNKNOWN_ALGORITHM: -1,
  UNMANAGED_ALGORITHM: -2,
  INVALID_TOKEN: -3,
  UNKNOWN_CERTIFICATE: -5,
} as const;
export type JwtVerdict = (typeof JwtVerdict)[keyof typeof JwtVerdict];

/** The parts of a token in compact form, still encoded. */
export interface JwtParts {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
}

/** Cuts a token at its dots; undefined when it has not three parts. */
export function splitJwt(token: string): JwtParts | undefined {
  const first = token.indexOf(".");
  const second = first === -1 ? -1 : token.indexOf(".", first + 1);
  if (second === -1 || token.indexOf(".", second + 1) !== -1) return undefined;
  return {
    header: token.slice(0, first),
    payload: token.slice(first + 1, second),
    signature: token.slice(second + 1),
  };
}

/** The header or payload of a text that may be a token, however many parts it has; empty for none. */
export function jwtPart(token: string, index: number): string {
  const parts = token.split(".", index + 1);
  return parts[index] ?? "";
}

/** Decodes a part; undefined when it is no base64 of URLs. */
export function decodeJwtPart(part: string): Buffer | undefined {
  const isWellFormed = /^[A-Za-z0-9_-]*$/.test(part) && part.length % 4 !== 1;
  return isWellFormed ? Buffer.from(part, "base64url") : undefined;
}

const ALGORITHM = /^(?:(HS|RS|ES|PS)(256|384|512)|none)$/;

/** Says what is wrong with the name of an algorithm, if anything is. */
export function judgeAlgorithm(name: string): JwtVerdict | undefined {
  const found = ALGORITHM.exec(name);
  if (found === null) return JwtVerdict.UNKNOWN_ALGORITHM;
  return found[1] === "PS" ? JwtVerdict.UNMANAGED_ALGORITHM : undefined;
}

/** Says whether an algorithm verifies with a public key rather than a secret. */
export function usesPublicKey(algorithm: string): boolean {
  return algorithm.startsWith("RS") || algorithm.startsWith("ES");
}

/** Reads the public key of a certificate, or a bare one, in PEM; undefined when there is none. */
export function readPublicKey(pem: string): KeyObject | undefined {
  try {
    return createPublicKey(pem);
  } catch {
    return undefined;
  }
}

/**
 * Verifies a token's signature. Source: RFC 7518 section 3.
 *
 * @param secret - Of the HMAC algorithms, as bytes.
 * @param publicKey - Of the others; undefined when the certificate is not known.
 */
export function verifyJwt(
  token: string,
  algorithm: string,
  secret: Uint8Array,
  publicKey: KeyObject | undefined,
): JwtVerdict {
  const wrong = judgeAlgorithm(algorithm);
  if (wrong !== undefined) return wrong;
  const parts = splitJwt(token);
  if (parts === undefined || parts.header === "" || parts.payload === "") {
    return JwtVerdict.INVALID_TOKEN;
  }
  if (algorithm === "none") {
    return parts.signature === "" ? JwtVerdict.SUCCESS : JwtVerdict.FAILURE;
  }
  const isPadded = parts.signature.endsWith("=");
  const signature = decodeJwtPart(parts.signature.replace(/=+$/, ""));
  if (signature === undefined || signature.length === 0) return JwtVerdict.INVALID_TOKEN;
  const signed = Buffer.from(`${parts.header}.${parts.payload}`, "latin1");
  const isSecret = algorithm.startsWith("HS");
  if (!isSecret && publicKey === undefined) return JwtVerdict.UNKNOWN_CERTIFICATE;
  const isSigned = isSecret
    ? isSignedWith(secret, digestOf(algorithm), signed, signature)
    : isSignedBy(publicKey!, digestOf(algorithm), signed, signature, algorithm.startsWith("ES"));
  return isSigned && !isPadded ? JwtVerdict.SUCCESS : JwtVerdict.FAILURE;
}

function digestOf(algorithm: string): string {
  return `sha${algorithm.slice(2)}`;
}

function isSignedWith(
  secret: Uint8Array,
  digest: string,
  signed: Buffer,
  signature: Buffer,
): boolean {
  const expected = createHmac(digest, secret).update(signed).digest();
  return expected.length === signature.length && timingSafeEqual(expected, signature);
}

function isSignedBy(
  key: KeyObject,
  digest: string,
  signed: Buffer,
  signature: Buffer,
  isElliptic: boolean,
): boolean {
  if (key.asymmetricKeyType !== (isElliptic ? "ec" : "rsa")) return false;
  try {
    const options = isElliptic ? { key, dsaEncoding: "ieee-p1363" as const } : key;
    return verify(digest, signed, options, signature);
  } catch {
    return false;
  }
}
