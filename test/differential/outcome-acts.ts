import type { Peer } from "../support/peer.ts";
import { SILENCE_MS } from "../support/waiting.ts";
import type { OutcomeScene } from "./outcomes.ts";

/** A request. */
export const GET = "GET /a HTTP/1.1\r\nHost: a\r\n\r\n";
/** Its answer. */
export const OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi";

/** What a client reads to the end, and how it ends. */
export async function ending(client: Peer): Promise<string> {
  const text = await client.rest().catch(() => client.unread);
  return `${text.replace(/^date: .*\r\n/gim, "").toLowerCase()}|${client.ending}`;
}

/** A client that sends this and reads to the end. */
export function asks(data: string) {
  return async (scene: OutcomeScene): Promise<string> => {
    const client = await scene.client();
    client.send(data);
    return ending(client);
  };
}

/** A server that reads a request and answers this; the client reads to the end. */
export function answered(response: string, data = GET) {
  return async (scene: OutcomeScene): Promise<string> => {
    scene.server.answerAll(response);
    return asks(data)(scene);
  };
}

/**
 * A client that sends this; the server answers as soon as it is there, and the client reads to the
 * end. What it sends may come too late for its connection, which resets it.
 */
export function spoken(answer: string, data = "hello") {
  return async ({ client: open, server }: OutcomeScene): Promise<string> => {
    const client = await open();
    client.send(data);
    const peer = await server.accept();
    if (answer !== "") peer.send(answer);
    return (await ending(client)).replace("|reset", "|end");
  };
}

/** The server speaks and ends its side. */
export function farewell(answer: string, data = "hello") {
  return async ({ client: open, server }: OutcomeScene): Promise<string> => {
    const client = await open();
    client.send(data);
    const peer = await server.accept();
    await peer.read(data.length);
    if (answer !== "") peer.send(answer);
    peer.halfClose();
    return ending(client);
  };
}

/** A client that sends this and finds its connection closed, in whichever way. */
export function closed(data: string) {
  return async (scene: OutcomeScene): Promise<string> => {
    const client = await scene.client();
    client.send(data);
    await client.expectEnding("any");
    return client.unread;
  };
}

/** A client that sends this and is told nothing; what it sends on finds nobody, which resets it. */
export function dropped(data: string) {
  return async (scene: OutcomeScene): Promise<string> => {
    const client = await scene.client();
    client.send(data);
    await Bun.sleep(SILENCE_MS);
    return client.unread;
  };
}

/** A request and its answer, on connections that stay. */
export async function answeredOnce({ client: open, server }: OutcomeScene): Promise<string> {
  server.answerAll(OK);
  const client = await open();
  client.send(GET);
  return (await client.readUntil("hi")).toLowerCase();
}

/** A server that says this to a request; the status line that the client reads. */
export function spokenHead(response: string) {
  return async ({ client: open, server }: OutcomeScene): Promise<string> => {
    const client = await open();
    client.send(GET);
    const peer = await server.accept();
    await peer.head();
    if (response !== "") peer.send(response);
    return (await client.head())[0]!;
  };
}

/** A client that sends this in two pieces; what its server gets, if it gets anything. */
export function inPieces(data: string, cut: number) {
  return async ({ client: open, server }: OutcomeScene): Promise<string> => {
    const client = await open();
    client.send(data.slice(0, cut));
    await Bun.sleep(SILENCE_MS);
    client.send(data.slice(cut));
    const got = server.accept().then(async (peer) => {
      const text = await peer.readText(data.length);
      peer.halfClose();
      return text;
    });
    got.catch(() => {});
    client.halfClose();
    const rest = await ending(client);
    return server.connectionCount === 0 ? `nothing${rest.replace(/\|.*/, "")}` : await got;
  };
}
