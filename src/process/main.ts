import { start } from "./start.ts";

const status = await start(process.argv.slice(2));
if (status !== undefined) process.exit(status);
