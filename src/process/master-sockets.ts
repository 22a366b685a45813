import { Diagnostics } from "../config/diagnostics.ts";
import { madeWord } from "../config/word.ts";
import { publishSocket } from "../net/listen-socket.ts";
import { type Acceptor, Listener } from "../net/listener.ts";
import { CommandIndex } from "../runtime/command-index.ts";
import { AccessLevel } from "../runtime/level.ts";
import type { RuntimeSocketDraft } from "../runtime/runtime-part.ts";
import { readRuntimeSockets } from "../runtime/socket-options.ts";
import { openRuntimeSocket, socketName } from "./bind.ts";
import type { CommandLine } from "./command-line.ts";
import type { Plan } from "./compile.ts";
import { type MasterView, masterCommands } from "./master-commands.ts";
import { type MasterControl, MasterSession } from "./master-session.ts";
import type { Messages } from "./messages.ts";
import { RuntimeLink } from "./runtime-link.ts";

/** Sessions that may be open at once on a socket of the master. */
const SESSIONS_MAX = 10;

/** Reads `-S`: an address, then options, all with commas between them. */
export function readMasterSocket(text: string, diagnostics: Diagnostics): RuntimeSocketDraft[] {
  const [address, ...options] = text.split(",").map((word) => madeWord(word, "-S"));
  if (address === undefined) return [];
  return readRuntimeSockets("-S", address, options, AccessLevel.ADMIN, diagnostics);
}

/** Where the master's own runtime API is served. */
export class MasterSockets {
  readonly #plan: Plan;
  readonly #listeners: readonly Listener[];

  private constructor(plan: Plan, listeners: readonly Listener[]) {
    this.#plan = plan;
    this.#listeners = listeners;
  }

  /** Opens what `-S` asks for; undefined, after telling why, when it cannot be had. */
  static open(
    plan: Plan,
    { masterSocket }: CommandLine,
    master: MasterControl & MasterView,
    messages: Messages,
  ): MasterSockets | undefined {
    const diagnostics = new Diagnostics();
    const drafts = masterSocket === "" ? [] : readMasterSocket(masterSocket, diagnostics);
    const commands = masterCommands(master, () => master.startupLogs);
    const link = new RuntimeLink(plan, new CommandIndex(commands));
    const listeners: Listener[] = [];
    for (const draft of drafts) {
      const socket = openRuntimeSocket(draft, undefined);
      const problem = typeof socket === "string" ? socket : publishSocket(socket);
      if (typeof socket === "string" || problem !== undefined) {
        diagnostics.error(draft.at, `-S : ${problem} [${draft.text}]`);
        continue;
      }
      link.sockets.push({ address: socketName(draft, socket.address), level: draft.level });
      const acceptor = new MasterServer(plan, link, master, draft);
      listeners.push(new Listener(plan.engine.thread, socket.fd, socket.address, acceptor));
    }
    if (diagnostics.errorCount === 0) return new MasterSockets(plan, listeners);
    for (const { message, hint } of diagnostics.list) {
      messages.alert(message);
      if (hint !== undefined) messages.hint(hint);
    }
    return undefined;
  }

  /** Starts serving. */
  start(): void {
    if (this.#listeners.length === 0) return;
    this.#plan.engine.loop.start();
    for (const listener of this.#listeners) listener.resume();
  }
}

/** Takes the clients of one socket; beyond ten, more wait in the kernel's queue. */
class MasterServer implements Acceptor {
  readonly #plan: Plan;
  readonly #link: RuntimeLink;
  readonly #control: MasterControl;
  readonly #draft: RuntimeSocketDraft;
  #openCount = 0;

  constructor(plan: Plan, link: RuntimeLink, control: MasterControl, draft: RuntimeSocketDraft) {
    this.#plan = plan;
    this.#link = link;
    this.#control = control;
    this.#draft = draft;
  }

  onAccept(fd: number, listener: Listener): void {
    this.#openCount++;
    if (this.#openCount >= (this.#draft.connectionsMax || SESSIONS_MAX)) listener.pause();
    const { thread } = this.#plan.engine;
    new MasterSession(thread, fd, this.#link, this.#control, this.#draft.level, () => {
      this.#openCount--;
      listener.resume();
    });
  }
}
