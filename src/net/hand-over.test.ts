import { describe, expect, test } from "bun:test";
import { DescriptorPassing, duplicate, socketPair } from "../sys/descriptor-passing.ts";
import { Errno } from "../sys/errno.ts";
import { closeDescriptor } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { handOver, takeOver } from "./hand-over.ts";
import { openListenSocket } from "./listen-socket.ts";
import { SocketStock } from "./socket-stock.ts";

function pair(): readonly [number, number] {
  const sockets = socketPair();
  if (typeof sockets === "number") throw new Error(`no sockets: ${sockets}`);
  return sockets;
}

function listening(host: string): { fd: number; address: SocketAddress } {
  const address = SocketAddress.fromHost(host, 0)!;
  const socket = openListenSocket({ address, inheritedFd: -1 }, { backlog: 8 });
  if (typeof socket === "string") throw new Error(socket);
  return socket;
}

describe("handOver() and takeOver()", () => {
  test.each([0, 3, 252, 253, 600])("carry %d sockets", (count) => {
    const passing = new DescriptorPassing();
    const [giver, taker] = pair();
    const { fd } = listening("127.0.0.1");
    const copies = Array.from({ length: count }, () => duplicate(fd));
    // The kernel keeps what was sent, so both sides can run one after the other.
    expect(handOver(giver, copies, passing, false)).toBe(true);
    const stock = takeOver(taker, passing, false);
    if (!(stock instanceof SocketStock)) throw new Error(`refused: ${stock}`);
    expect(stock.count).toBe(count);
    expect(stock.descriptors).toHaveLength(count);
    stock.close();
    for (const open of [...copies, fd, giver, taker]) closeDescriptor(open);
  });

  test("a giver that says nonsense, or nothing, is told apart", () => {
    const passing = new DescriptorPassing();
    const [giver, taker] = pair();
    passing.send(giver, Buffer.from([0xff, 0xff, 0xff, 0xff]), []);
    expect(takeOver(taker, passing, false)).toBe(-Errno.EPROTO);
    passing.send(giver, Buffer.from([1, 0, 0, 0]), []);
    passing.send(giver, Buffer.from([1, 2, 3]), []);
    expect(takeOver(taker, passing, false)).toBe(-Errno.EPROTO);
    closeDescriptor(giver);
    expect(takeOver(taker, passing, false)).toBe(-Errno.EPROTO);
    closeDescriptor(taker);
  });
});

describe("SocketStock", () => {
  const plain = { namespace: "", interfaceName: "", ipv6Only: undefined };

  test("gives a socket once, to whoever wants its very address", () => {
    const stock = new SocketStock();
    const { fd, address } = listening("127.0.0.1");
    stock.add({ fd, address, namespace: "", interfaceName: "" });
    const other = SocketAddress.fromHost("127.0.0.2", address.port)!;
    expect(stock.take({ ...plain, address: other })).toBe(-1);
    expect(stock.take({ ...plain, address, interfaceName: "lo" })).toBe(-1);
    expect(stock.take({ ...plain, address, namespace: "blue" })).toBe(-1);
    expect(stock.take({ ...plain, address })).toBe(fd);
    expect(stock.take({ ...plain, address })).toBe(-1);
    closeDescriptor(fd);
  });

  test("knows a unix socket by the path that its temporary name stands for", () => {
    const stock = new SocketStock();
    for (const path of ["/run/a.sock.123.tmp", "/run/b.sock", "/run/c.sock.x.tmp"]) {
      const address = SocketAddress.fromPath(path, false);
      stock.add({ fd: path.charCodeAt(5), address, namespace: "", interfaceName: "" });
    }
    const wants = (path: string, isAbstract = false) =>
      stock.take({ ...plain, address: SocketAddress.fromPath(path, isAbstract) });
    expect(wants("/run/a.sock", true)).toBe(-1);
    expect(wants("/run/c.sock")).toBe(-1);
    expect(wants("/run/a.sock")).toBe("a".charCodeAt(0));
    expect(wants("/run/b.sock")).toBe("b".charCodeAt(0));
  });
});
