import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Subprocess } from "bun";
import { freePort, untilListening } from "./machine.ts";

/** The origin behind both programs: one nginx process with three answers. */
export class Origin {
  readonly port: number;
  readonly #process: Subprocess;

  private constructor(port: number, child: Subprocess) {
    this.port = port;
    this.#process = child;
  }

  static async start(directory: string, cores: readonly string[]): Promise<Origin> {
    const port = freePort();
    const root = join(directory, "origin");
    mkdirSync(root, { recursive: true });
    writeFileSync(join(root, "100k"), Buffer.alloc(100_000, "x"));
    writeFileSync(join(root, "1m"), Buffer.alloc(1_000_000, "x"));
    const path = join(directory, "nginx.conf");
    writeFileSync(path, nginxConfiguration(directory, root, port));
    const child = Bun.spawn([...cores, "nginx", "-p", directory, "-c", path], {
      stdio: ["ignore", "ignore", "ignore"],
    });
    await untilListening(port, "nginx");
    return new Origin(port, child);
  }

  async stop(): Promise<void> {
    this.#process.kill("SIGTERM");
    await this.#process.exited;
  }
}

function nginxConfiguration(directory: string, root: string, port: number): string {
  return `
daemon off;
master_process off;
worker_processes 1;
pid ${directory}/nginx.pid;
error_log ${directory}/nginx.err;
events { worker_connections 16384; }
http {
  access_log off;
  sendfile on;
  tcp_nopush off;
  keepalive_timeout 600s;
  keepalive_requests 1000000000;
  client_body_temp_path ${directory}/body;
  proxy_temp_path ${directory}/proxy;
  fastcgi_temp_path ${directory}/fastcgi;
  uwsgi_temp_path ${directory}/uwsgi;
  scgi_temp_path ${directory}/scgi;
  server {
    listen 127.0.0.1:${port} backlog=8192;
    root ${root};
    location = /small { default_type text/plain; return 200 "It works, and this is about all there is to say.\\n"; }
    location ^~ /small/ { default_type text/plain; return 200 "It works, and this is about all there is to say.\\n"; }
  }
}
`;
}
