import { createCipheriv, createDecipheriv, createHash, createHmac } from "node:crypto";
import { argument, int, text } from "../../config/arg.ts";
import { octetsOf, optionalPlace } from "../args.ts";
import { type BytesReader, compileBase64 } from "../base64-argument.ts";
import { type CompileContext, defineConverter } from "../declare.ts";
import { Sample, SampleType } from "../sample.ts";
import type { StreamView } from "../stream-view.ts";
import { compileVariable } from "../variable-argument.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.1";
const { BINARY } = SampleType;

/** The name of a digest as OpenSSL knows it, or one of its aliases; an unknown one is refused. */
const ALGORITHM = argument("algorithm", (name, refuse) => {
  const plain = name
    .toLowerCase()
    .replace(/^rsa-/, "")
    .replace(/^sha2?-(?=\d)/, "sha");
  try {
    createHash(plain);
    return plain;
  } catch {
    return refuse(
      `'${name}' is no message digest that can be made.`,
      "Use one such as sha256, sha384, sha512, sha1, md5, sha3-256 or blake2b512",
    );
  }
});

function bytesOf({ bytes, start, end }: Sample): Uint8Array {
  return bytes.subarray(start, end);
}

/** Copies a result to a slot; one that does not fit makes the sample absent. */
function give(result: Uint8Array, sample: Sample, { scratch }: StreamView): boolean {
  if (result.length > scratch.slotSize) return false;
  const at = scratch.take();
  scratch.bytes.set(result, at);
  sample.setBytes(BINARY, scratch.bytes, at, at + result.length);
  return true;
}

export const digest = defineConverter({
  name: "digest",
  summary: "Gives the message digest of bytes",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [ALGORITHM],
  examples: [
    { input: "abc", expression: "digest(md5),hex", output: "900150983CD24FB0D6963F7D28E17F72" },
    {
      input: "abc",
      expression: "digest(SHA-256),hex",
      output: "BA7816BF8F01CFEA414140DE5DAE2223B00361A396177A9CB410FF61F20015AD",
    },
    {
      input: "abc",
      expression: "digest(sha3-256),hex",
      output: "3A985DA74FE225B2045C172D6BD390BD855F086E3E9D525B46BFE24511431532",
    },
    {
      input: "",
      expression: "digest(sha1),hex",
      output: "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709",
    },
  ],
  compile:
    ([algorithm]) =>
    (sample, view) =>
      give(createHash(algorithm).update(bytesOf(sample)).digest(), sample, view),
});

export const hmac = defineConverter({
  name: "hmac",
  summary: "Gives the keyed message digest of bytes; the key is base64, or a variable with base64",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [ALGORITHM, anyText("key")],
  examples: [
    {
      input: "abc",
      expression: "hmac(sha256,a2V5),hex",
      output: "9C196E32DC0175F86F4B1CB89289D6619DE6BEE699E4C378E68309ED97A1A6AB",
    },
    {
      input: "a2V5",
      expression: "set-var(txn.k),hmac(md5,txn.k),hex",
      output: "D6196D6FC86698C062FD08E6A170126A",
    },
    { input: "abc", expression: "hmac(sha256,txn.none)", output: null },
    { input: "a2V", expression: "set-var(txn.k),hmac(sha256,txn.k)", output: null },
  ],
  compile([algorithm, key], context) {
    const reader = compileBase64(key, "key", context);
    if (reader === undefined) return undefined;
    if (algorithm.startsWith("shake")) {
      const message = `'hmac' : '${algorithm}' has no fixed size, so there is no code with a key of it.`;
      context.diagnostics.error(context.at, message, "Use one such as sha256 or sha512");
      return undefined;
    }
    return (sample, view) => {
      const bytes = reader(view);
      if (bytes === null) return false;
      return give(createHmac(algorithm, bytes).update(bytesOf(sample)).digest(), sample, view);
    };
  },
});

/** A text that may be empty, as long as it was written. */
function anyText(name: string) {
  const arg = text(name);
  return {
    ...arg,
    read(words: Parameters<typeof arg.read>[0], diagnostics: Parameters<typeof arg.read>[1]) {
      if (words.peek()?.text !== "") return arg.read(words, diagnostics);
      words.next();
      return "";
    },
  };
}

const AES_ARGS = [int("bits"), anyText("nonce"), anyText("key")] as const;

/** What AES in GCM needs besides the text; all of it may come from variables. */
interface Cipher {
  readonly name: "aes-128-gcm" | "aes-192-gcm" | "aes-256-gcm";
  readonly nonce: BytesReader;
  readonly key: BytesReader;
  readonly aad: BytesReader | null;
}

function compileCipher(
  bits: number,
  nonceText: string,
  keyText: string,
  aadText: string | undefined,
  context: CompileContext,
): Cipher | undefined {
  if (bits !== 128 && bits !== 192 && bits !== 256) {
    const message = `the key size must be 128, 192 or 256 bits, but is ${bits}.`;
    context.diagnostics.error(context.at, message);
    return undefined;
  }
  const nonce = compileBase64(nonceText, "nonce", context);
  const key = compileBase64(keyText, "key", context);
  const aad = aadText === undefined ? null : compileBase64(aadText, "additional data", context);
  if (nonce === undefined || key === undefined || aad === undefined) return undefined;
  return { name: `aes-${bits}-gcm`, nonce, key, aad };
}

const AES_KEY = "BwcHBwcHBwcHBwcHBwcHBw==";

export const aesGcmDec = defineConverter({
  name: "aes_gcm_dec",
  summary: "Decrypts bytes with AES in GCM; nothing comes of bytes that the tag does not confirm",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [...AES_ARGS, anyText("aead_tag"), optionalPlace(text("aad"))],
  examples: [
    {
      input: "igtbhG6SZGY+Nw==",
      expression: `b64dec,aes_gcm_dec(128,AwMDAwMDAwMDAwMD,${AES_KEY},IbBz+LSr6TkBhbsxUmlyEg==)`,
      output: "plain text",
    },
    {
      input: "igtbhG6SZGY+Nw==",
      expression: `b64dec,aes_gcm_dec(128,AwMDAwMDAwMDAwMD,${AES_KEY},AAAAAAAAAAAAAAAAAAAAAA==)`,
      output: null,
    },
    {
      input: "igtbhG6SZGY+Nw==",
      expression: `b64dec,aes_gcm_dec(128,txn.none,${AES_KEY},AAAAAAAAAAAAAAAAAAAAAA==)`,
      output: null,
    },
  ],
  compile([bits, nonce, key, tag, aad], context) {
    const cipher = compileCipher(bits, nonce, key, aad, context);
    const tagReader = compileBase64(tag, "tag", context);
    if (cipher === undefined || tagReader === undefined) return undefined;
    return (sample, view) => {
      const tagBytes = tagReader(view);
      const plain = tagBytes === null ? null : decrypt(cipher, tagBytes, bytesOf(sample), view);
      return plain !== null && give(plain, sample, view);
    };
  },
});

/** Gives the plain bytes; null for a wrong tag, or for keys and nonces of a wrong size. */
function decrypt(
  { name, nonce, key, aad }: Cipher,
  tag: Uint8Array,
  bytes: Uint8Array,
  view: StreamView,
): Uint8Array | null {
  const nonceBytes = nonce(view);
  const keyBytes = key(view);
  const aadBytes = aad === null ? new Uint8Array(0) : aad(view);
  if (nonceBytes === null || keyBytes === null || aadBytes === null) return null;
  try {
    const decipher = createDecipheriv(name, keyBytes, nonceBytes, { authTagLength: tag.length });
    decipher.setAuthTag(tag);
    decipher.setAAD(aadBytes);
    return Buffer.concat([decipher.update(bytes), decipher.final()]);
  } catch {
    return null;
  }
}

export const aesGcmEnc = defineConverter({
  name: "aes_gcm_enc",
  summary: "Encrypts bytes with AES in GCM, and sets a variable to the tag in base64",
  source: SOURCE,
  input: BINARY,
  output: BINARY,
  args: [...AES_ARGS, text("aead_tag"), optionalPlace(text("aad"))],
  examples: [
    {
      input: "plain text",
      expression: `aes_gcm_enc(128,AwMDAwMDAwMDAwMD,${AES_KEY},txn.t),base64,concat(" ",txn.t)`,
      output: "igtbhG6SZGY+Nw== IbBz+LSr6TkBhbsxUmlyEg==",
      isOwn: true,
    },
  ],
  compile([bits, nonce, key, tag, aad], context) {
    const cipher = compileCipher(bits, nonce, key, aad, context);
    const named = compileVariable(tag, context);
    if (cipher === undefined || named === undefined) return undefined;
    return (sample, view) => {
      const made = encrypt(cipher, bytesOf(sample), view);
      if (made === null) return false;
      tagSample.setBytes(SampleType.STRING, made.tag, 0, made.tag.length);
      view.variables.open(named.scope)?.set(named, tagSample);
      return give(made.bytes, sample, view);
    };
  },
});

/** Carries a tag to its variable. */
const tagSample = new Sample();

function encrypt({ name, nonce, key, aad }: Cipher, bytes: Uint8Array, view: StreamView) {
  const nonceBytes = nonce(view);
  const keyBytes = key(view);
  const aadBytes = aad === null ? new Uint8Array(0) : aad(view);
  if (nonceBytes === null || keyBytes === null || aadBytes === null) return null;
  try {
    const cipher = createCipheriv(name, keyBytes, nonceBytes);
    cipher.setAAD(aadBytes);
    const encrypted = Buffer.concat([cipher.update(bytes), cipher.final()]);
    return { bytes: encrypted, tag: octetsOf(cipher.getAuthTag().toString("base64")) };
  } catch {
    return null;
  }
}
