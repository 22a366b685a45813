import type { KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { filePathOf } from "../../config/file-path.ts";
import { octets, octetsOf, optionalPlace } from "../args.ts";
import { castSample } from "../casts.ts";
import { type CompileContext, type Convert, defineConverter, type Example } from "../declare.ts";
import { queryJson } from "../json-value.ts";
import {
  decodeJwtPart,
  JwtVerdict,
  judgeAlgorithm,
  jwtPart,
  readPublicKey,
  usesPublicKey,
  verifyJwt,
} from "../jwt-token.ts";
import { Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";
import { compileVariable, readVariable, variable } from "../variable-argument.ts";
import { compileJsonPath, JSON_PATH, OUTPUT_TYPE } from "./json-query.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1; RFC 7515 section 3.1";
const { STRING, INTEGER } = SampleType;

const TOKEN = [
  "eyJhbGciOiAiSFMyNTYiLCAidHlwIjogIkpXVCJ9",
  "eyJpc3MiOiJtZSIsIm4iOjV9",
  "gR_hBRsSxEt0LiH_3H11k4QhbGx-Zd_1p8COSzmKdW0",
].join(".");
const UNSIGNED = `${TOKEN.slice(0, TOKEN.lastIndexOf("."))}.`;

function defineQuery(name: string, part: "header" | "payload", examples: readonly Example[]) {
  return defineConverter({
    name,
    summary: `Gives the ${part} of a JSON Web Token, or the value at a path of it`,
    source: SOURCE,
    input: STRING,
    output: STRING,
    args: [optionalPlace(JSON_PATH), OUTPUT_TYPE],
    examples,
    compile([text, type], context) {
      const path = text === undefined ? null : compileJsonPath(text, context);
      if (path === undefined) return undefined;
      return (sample, view) => {
        const encoded = jwtPart(sample.text(), part === "header" ? 0 : 1);
        const decoded = encoded === "" ? undefined : decodeJwtPart(encoded);
        if (decoded === undefined || decoded.length > view.scratch.slotSize) return false;
        const at = view.scratch.take();
        view.scratch.bytes.set(decoded, at);
        sample.setBytes(STRING, view.scratch.bytes, at, at + decoded.length);
        return path === null || queryJson(sample, path, type === "int", view);
      };
    },
  });
}

export const jwtHeaderQuery = defineQuery("jwt_header_query", "header", [
  { input: TOKEN, expression: "jwt_header_query('$.alg')", output: "HS256" },
  { input: TOKEN, expression: "jwt_header_query('$.iss')", output: null },
  { input: "a.b", expression: "jwt_header_query('$.alg')", output: null },
  { input: `${TOKEN}.x`, expression: "jwt_header_query('$.alg')", output: "HS256" },
  {
    input: TOKEN,
    expression: "jwt_header_query",
    output: '{"alg": "HS256", "typ": "JWT"}',
    isOwn: true,
  },
]);

export const jwtPayloadQuery = defineQuery("jwt_payload_query", "payload", [
  { input: TOKEN, expression: "jwt_payload_query('$.iss')", output: "me" },
  { input: TOKEN, expression: "jwt_payload_query('$.n','int'),add(1)", output: "6" },
  { input: "!!.!!.x", expression: "jwt_payload_query('$.n')", output: null },
  {
    input: TOKEN,
    expression: "jwt_payload_query",
    output: '{"iss":"me","n":5}',
    isOwn: true,
  },
]);

/** An argument that may be a variable: its text at run time, or null. */
type TextReader = (view: StreamView) => Uint8Array | null;

const VARIABLE = /^(?:proc|sess|txn|req|res)\.[A-Za-z0-9_.]+$/;

function compileText(text: string, context: CompileContext): TextReader | undefined {
  if (!VARIABLE.test(text)) {
    const bytes = octetsOf(text);
    return () => bytes;
  }
  const name = compileVariable(text, context);
  if (name === undefined) return undefined;
  const value = new Sample();
  return (view) => {
    if (!readVariable(name, value, view) || !castSample(value, STRING, view)) return null;
    return value.bytes.subarray(value.start, value.end);
  };
}

/**
 * The public keys of one configuration's certificates, by path. Every file that a line names is read
 * once, when the line is; a variable may name any of them later.
 */
const KEYS = new WeakMap<object, Map<string, KeyObject>>();

function keysOf({ compiler }: CompileContext): Map<string, KeyObject> {
  const known = KEYS.get(compiler);
  if (known !== undefined) return known;
  const keys = new Map<string, KeyObject>();
  KEYS.set(compiler, keys);
  return keys;
}

/** Reads the certificate that a line names; says so when there is none and one is needed. */
function loadKey(path: string, algorithm: string, context: CompileContext): void {
  const isNeeded = usesPublicKey(algorithm);
  if (VARIABLE.test(path) || !(isNeeded || VARIABLE.test(algorithm))) return;
  let pem = "";
  try {
    const file = filePathOf({ ...context.at, text: path });
    pem = readFileSync(Buffer.from(file, "latin1"), "latin1");
  } catch {
    // A secret is no file; what is needed and missing is told below.
  }
  const key = pem === "" ? undefined : readPublicKey(pem);
  if (key !== undefined) keysOf(context).set(path, key);
  else if (isNeeded) {
    context.diagnostics.warn(
      context.at,
      `'jwt_verify' : no public key can be read from '${path}', so that no token is ever verified.`,
      "Write the path of a certificate or public key in PEM",
    );
  }
}

export const jwtVerify = defineConverter({
  name: "jwt_verify",
  summary:
    "Verifies a JSON Web Token: 1 when it is signed so, 0 when it is not, negative for what is wrong",
  source: `${SOURCE}; RFC 7518 section 3`,
  input: STRING,
  output: INTEGER,
  args: [variable("alg"), octets("key")],
  examples: [
    { input: TOKEN, expression: "jwt_verify(HS256,secret)", output: "1" },
    { input: TOKEN, expression: "jwt_verify(HS256,wrong)", output: "0" },
    { input: TOKEN, expression: "jwt_verify(HS512,secret)", output: "0" },
    { input: TOKEN, expression: 'jwt_verify(HS256,"")', output: "0" },
    { input: UNSIGNED, expression: "jwt_verify(HS256,secret)", output: "-3" },
    { input: UNSIGNED, expression: "jwt_verify(none,secret)", output: "1" },
    { input: TOKEN, expression: "jwt_verify(none,secret)", output: "0" },
    { input: TOKEN, expression: "jwt_verify(HS256,txn.none)", output: null },
    { input: TOKEN, expression: "set-var(txn.j),jwt_verify(txn.j,secret)", output: "-1" },
    { input: `${TOKEN}.x`, expression: "jwt_verify(HS256,secret)", output: "-3" },
    { input: `${TOKEN}=`, expression: "jwt_verify(HS256,secret)", output: "0" },
    { input: `${UNSIGNED}!!!`, expression: "jwt_verify(HS256,secret)", output: "-3" },
    { input: "", expression: "jwt_verify(HS256,secret)", output: "-3" },
  ],
  compile([algorithm, key], context): Convert | undefined {
    const wrong = VARIABLE.test(algorithm) ? undefined : judgeAlgorithm(algorithm);
    if (wrong !== undefined) {
      const problem =
        wrong === JwtVerdict.UNMANAGED_ALGORITHM ? "cannot be verified" : "is unknown";
      context.diagnostics.error(
        context.at,
        `'jwt_verify' : the algorithm '${algorithm}' ${problem}.`,
        "Use HS256, RS256 or ES256, the same with 384 or 512, or none",
      );
      return undefined;
    }
    const algorithmReader = compileText(algorithm, context);
    const keyText = Buffer.from(key).toString("latin1");
    const keyReader = compileText(keyText, context);
    if (algorithmReader === undefined || keyReader === undefined) return undefined;
    loadKey(keyText, algorithm, context);
    const keys = keysOf(context);
    return (sample, view) => {
      const secret = keyReader(view);
      const used = algorithmReader(view);
      if (secret === null || used === null) return false;
      const name = Buffer.from(used).toString("latin1");
      const publicKey = keys.get(Buffer.from(secret).toString("latin1"));
      sample.setInteger(verifyJwt(sample.text(), name, secret, publicKey));
      return true;
    };
  },
});
