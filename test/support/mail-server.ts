import type { Peer } from "./peer.ts";

/** What a mail server was told: the commands in order, and the message. */
export interface ReceivedMail {
  readonly commands: readonly string[];
  /** Without the dot that ends it. */
  readonly message: string;
}

/** How a scripted mail server answers, in order; null says nothing. */
export type MailReplies = readonly (string | null)[];

/** The replies of a server that takes everything. */
export const GOOD_REPLIES: MailReplies = [
  "220 here",
  "250 hello",
  "250 sender ok",
  "250 recipient ok",
  "354 go on",
  "250 queued",
  "221 bye",
];

/** Plays a mail server on one connection, reply by reply; a reply that is null ends the play. */
export async function receiveMail(
  peer: Peer,
  replies: MailReplies = GOOD_REPLIES,
): Promise<ReceivedMail> {
  const commands: string[] = [];
  let message = "";
  for (const [index, reply] of replies.entries()) {
    if (index === 5) message = (await peer.readUntil("\r\n.\r\n")).slice(0, -3);
    else if (index > 0) commands.push((await peer.readUntil("\r\n")).slice(0, -2));
    if (reply === null) break;
    peer.send(`${reply}\r\n`);
  }
  return { commands, message };
}
