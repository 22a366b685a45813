import { word } from "../../config/arg.ts";
import { nearestWord } from "../../config/nearest-word.ts";
import { octets, optionalPlace } from "../args.ts";
import { authorizationField, basicCredentials, bearerStart } from "../credentials.ts";
import { type CompileContext, defineFetch } from "../declare.ts";
import { Reads } from "../reads.ts";
import { type Sample, SampleType } from "../sample.ts";
import { ScratchText } from "../scratch-text.ts";
import type { StreamView } from "../stream-view.ts";
import type { UserList } from "../user-list.ts";
import { ofRequestHead } from "./request-line.ts";

const SOURCE = "HAProxy configuration manual, section 7.3.6";

/** Kept per thread: one text is made at a time. */
const text = new ScratchText();

function setText(sample: Sample, view: StreamView, value: string): boolean {
  text.begin(view);
  text.addText(value);
  return text.finish(sample, SampleType.STRING);
}

function findList(
  name: { readonly text: string },
  { compiler, diagnostics, at }: CompileContext,
): UserList | undefined {
  const list = compiler.userLists.get(name.text);
  if (list !== undefined) return list;
  const near = nearestWord(name.text, [...compiler.userLists.keys()]);
  diagnostics.error(
    at,
    `unable to find userlist '${name.text}'.`,
    near === undefined ? `add a section: userlist ${name.text}` : `did you mean "${near}"?`,
  );
  return undefined;
}

/** `http_auth`. */
export const httpAuth = defineFetch({
  name: "http_auth",
  summary: "Gives whether name and password of the request are those of a user of a list",
  source: SOURCE,
  output: SampleType.BOOLEAN,
  reads: Reads.REQUEST_HEAD,
  args: [word("userlist")],
  compile: ([name], context) => {
    const list = findList(name, context);
    if (list === undefined) return undefined;
    return ofRequestHead((head, sample) => {
      const credentials = basicCredentials(head);
      if (credentials === undefined) return false;
      sample.setBoolean(list.find(credentials.user, credentials.password) !== undefined);
      return true;
    });
  },
});

/** `http_auth_group`. */
export const httpAuthGroup = defineFetch({
  name: "http_auth_group",
  summary:
    "Gives the name of a user whose password is right; in conditions, each group of the user",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  args: [word("userlist")],
  knownValues([name], { userLists }) {
    const list = userLists.get(name?.text ?? "");
    return list && { what: `group of userlist '${list.name}'`, values: list.groups };
  },
  compile: ([name], context) => {
    const list = findList(name, context);
    if (list === undefined) return undefined;
    const { iterates } = context;
    return ofRequestHead((head, sample, view) => {
      const credentials = basicCredentials(head);
      if (credentials === undefined) return false;
      const user = list.find(credentials.user, credentials.password);
      if (user === undefined) return false;
      if (!iterates) return setText(sample, view, credentials.user);
      // The cursor counts the groups that were given.
      let position = 0;
      for (const group of user.groups) {
        if (position++ !== sample.cursor) continue;
        sample.cursor = position;
        sample.hasMore = position < user.groups.size;
        return setText(sample, view, group);
      }
      return false;
    });
  },
});

/** `http_auth_user`. */
export const httpAuthUser = defineFetch({
  name: "http_auth_user",
  summary: "Gives the name that the request has for Basic authentication",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () =>
    ofRequestHead((head, sample, view) => {
      const credentials = basicCredentials(head);
      return credentials !== undefined && setText(sample, view, credentials.user);
    }),
});

/** `http_auth_pass`. */
export const httpAuthPass = defineFetch({
  name: "http_auth_pass",
  summary: "Gives the password that the request has for Basic authentication",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () =>
    ofRequestHead((head, sample, view) => {
      const credentials = basicCredentials(head);
      if (credentials === undefined) return false;
      const { password } = credentials;
      text.begin(view);
      text.add(password, 0, password.length);
      return text.finish(sample, SampleType.STRING);
    }),
});

/** `http_auth_type`. */
export const httpAuthType = defineFetch({
  name: "http_auth_type",
  summary: "Gives Basic or Bearer, as the request authenticates its sender",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  args: [],
  compile: () =>
    ofRequestHead((head, sample, view) => {
      if (basicCredentials(head) !== undefined) return setText(sample, view, "Basic");
      const line = head.find(authorizationField(head));
      return bearerStart(head, line) !== -1 && setText(sample, view, "Bearer");
    }),
});

/** `http_auth_bearer`. */
export const httpAuthBearer = defineFetch({
  name: "http_auth_bearer",
  summary: "Gives the token of Bearer authentication, from the authorization field or another",
  source: SOURCE,
  output: SampleType.STRING,
  reads: Reads.REQUEST_HEAD,
  args: [optionalPlace(octets("header"))],
  compile: ([header]) =>
    ofRequestHead((head, sample) => {
      const line =
        header === undefined ? head.find(authorizationField(head)) : head.findName(header);
      const start = bearerStart(head, line);
      if (start === -1) return false;
      sample.setBytes(SampleType.STRING, head.bytes, start, head.valueEnd(line));
      return true;
    }),
});
