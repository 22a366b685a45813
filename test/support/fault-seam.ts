/**
 * Loaded into the program before its own code (`--preload`): makes it throw at a named place, for
 * requests whose target says so (`/fault-PLACE`) and for frontends whose name does (`fault-PLACE`).
 * The program itself knows nothing of it.
 */
import { HttpStream } from "../../src/proxy/http-stream.ts";
import { ProxyPlan } from "../../src/proxy/proxy-plan.ts";
import { StreamState } from "../../src/proxy/stream-state.ts";
import { TcpStream } from "../../src/proxy/tcp-stream.ts";

/** Methods that may be replaced, by name. */
type Methods = Record<string, (this: never, ...args: never[]) => unknown>;

/** Throws before a method's work when the place is the one that the stream asks for. */
function throwIn<T extends object>(
  prototype: T,
  method: string,
  isThere: (self: T, argument: unknown) => boolean,
): void {
  const methods = prototype as unknown as Methods;
  const original = methods[method]!;
  methods[method] = function (this: never, ...args: never[]): unknown {
    if (isThere(this, args[0])) throw new Error(`a fault in ${method}`);
    return original.apply(this, args);
  };
}

function asks(stream: HttpStream, place: string): boolean {
  const { request } = stream;
  return (
    stream.state !== StreamState.FREE &&
    request.text(request.targetStart, request.targetEnd) === `/fault-${place}`
  );
}

throwIn(ProxyPlan.prototype, "ownAnswer", (_plan, argument) => {
  const { request } = argument as HttpStream;
  return request.text(request.targetStart, request.targetEnd) === "/fault-request";
});
const stream = HttpStream.prototype;
throwIn(stream, "onReadable", (self) => {
  return self.state === StreamState.HEADERS && asks(self, "response");
});
throwIn(stream, "onReadable", (self) => self.state === StreamState.DATA && asks(self, "body"));
throwIn(stream, "onClientReadable", (self) => asks(self, "upload"));
throwIn(stream, "onTimer", (self) => asks(self, "timer"));
throwIn(stream, "run", (self) => asks(self, "queue"));

const isNamed = (self: TcpStream, name: string) => self.context.frontend.name === name;
throwIn(TcpStream.prototype, "findServer", (self) => isNamed(self, "fault-choice"));
throwIn(TcpStream.prototype, "onReadable", (self) => isNamed(self, "fault-bytes"));
throwIn(TcpStream.prototype, "onTimer", (self) => isNamed(self, "fault-silence"));
