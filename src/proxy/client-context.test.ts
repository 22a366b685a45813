import { describe, expect, test } from "bun:test";
import { closeDescriptor } from "../sys/socket.ts";
import { SocketAddress } from "../sys/socket-address.ts";
import { connectedPair, descriptorCount } from "../sys/testing.ts";
import type { Bind } from "./bind.ts";
import { ClientContext } from "./client-context.ts";
import type { FrontendGate } from "./gate.ts";
import type { ProxyPlan } from "./proxy-plan.ts";

// The context only carries these.
const FRONTEND = {} as ProxyPlan;
const GATE = {} as FrontendGate;

function boundTo(host: string): Bind {
  return { address: SocketAddress.fromHost(host, 80)! } as Bind;
}

function context(bind: Bind): ClientContext {
  const made = new ClientContext(FRONTEND, bind, GATE);
  made.begin(FRONTEND, bind, GATE, 100, 5000);
  made.source.copyFrom(SocketAddress.fromHost("192.0.2.1", 1000)!);
  return made;
}

describe("ClientContext", () => {
  test("takes the listener's address for where the client wanted to go", () => {
    const bind = boundTo("127.0.0.1");
    expect(context(bind).resolveDestination(-1)).toBe(bind.address);
  });

  test("asks the kernel where the listener listens everywhere", () => {
    const before = descriptorCount();
    const { near, far } = connectedPair();
    const mine = context(boundTo("0.0.0.0"));
    expect(mine.resolveDestination(near).host()).toBe("127.0.0.1");
    expect(mine.bind.address.host()).toBe("0.0.0.0");
    closeDescriptor(near);
    // It is asked once.
    expect(mine.resolveDestination(near).host()).toBe("127.0.0.1");
    closeDescriptor(far);
    expect(descriptorCount()).toBe(before);
  });

  test("believes a PROXY header before all", () => {
    const mine = context(boundTo("127.0.0.1"));
    mine.setDestination(SocketAddress.fromHost("198.51.100.7", 443)!);
    expect(mine.resolveDestination(-1).toString()).toBe("198.51.100.7:443");
  });

  test("copies all that is known, and shares none of it", () => {
    const bind = boundTo("127.0.0.1");
    const from = context(bind);
    from.setDestination(SocketAddress.fromHost("198.51.100.7", 443)!);
    const copy = new ClientContext(FRONTEND, bind, GATE);
    copy.copyFrom(from);
    from.source.copyFrom(SocketAddress.fromHost("203.0.113.1", 1)!);
    from.setDestination(SocketAddress.fromHost("203.0.113.2", 1)!);
    expect(copy.source.toString()).toBe("192.0.2.1:1000");
    expect(copy.resolveDestination(-1).toString()).toBe("198.51.100.7:443");
    expect([copy.acceptMs, copy.acceptDateMs]).toEqual([100, 5000]);
  });

  test("forgets the client before when it begins anew", () => {
    const bind = boundTo("127.0.0.1");
    const mine = context(bind);
    mine.setDestination(SocketAddress.fromHost("198.51.100.7", 443)!);
    expect(mine.sourceText).toBe("192.0.2.1");
    mine.begin(FRONTEND, bind, GATE, 200, 6000);
    mine.source.copyFrom(SocketAddress.fromHost("192.0.2.9", 1000)!);
    expect(mine.sourceText).toBe("192.0.2.9");
    expect(mine.resolveDestination(-1)).toBe(bind.address);
  });
});
