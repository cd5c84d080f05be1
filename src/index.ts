// The Worker's entry point: requests go to the app, cron events to the jobs, RPC calls to the ingest.
import { app } from "./app.ts";
import { runJobs } from "./jobs.ts";

export { AudioIngest } from "./ingest/rpc.ts";

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, env) => runJobs(env, new Date(scheduledTime)),
} satisfies ExportedHandler<Env>;
