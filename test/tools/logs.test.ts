import { expect } from "bun:test";
import { TRAFFIC_LINES } from "./scene.ts";
import { describeTool, runTool, testAlike } from "./tool.ts";

/** Fails where a tool found nothing at all, which would be alike as well. */
function something(output: string): string {
  expect(output.trim()).not.toBe("");
  return output;
}

describeTool("halog", (path) => {
  testAlike("finds the same statuses, servers, endings and errors", async ({ logFile }) => {
    const text = await Bun.file(logFile).text();
    const tables = ["-st", "-srv", "-tc"].map((option) =>
      counts(something(runTool([path, "-q", option], text))),
    );
    const errors = ["-e", "-E"].map((option) => runTool([path, "-c", "-q", option], text));
    return { tables, errors };
  });
});

/** The lines of a table in an order of their own, without the times of each server. */
function counts(table: string): string[] {
  return table
    .trim()
    .split("\n")
    .map((line) => line.split(" ").slice(0, 9).join(" "))
    .sort();
}

describeTool("haproxy_log_analysis", (path) => {
  const commands = "counter,http_methods,status_codes_counter,request_path_counter,server_load";
  testAlike(`finds the same with ${commands}`, async ({ logFile }) =>
    something(runTool([path, "-l", logFile, "-c", commands])),
  );
});

describeTool("lnav", (path) => {
  testAlike("knows each line of traffic", async ({ logFile }) => {
    const query =
      ";SELECT frontend_name, backend_name, server_name, status_code, http_method, http_url, " +
      "termination_state, retries FROM haproxy_log WHERE client_port > 0";
    const commands = ["-c", query, "-c", ":write-json-to -"];
    const rows = runTool(["env", "HOME=/tmp", path, "-n", ...commands, logFile]);
    expect(JSON.parse(rows)).toHaveLength(TRAFFIC_LINES);
    return rows;
  });
});
