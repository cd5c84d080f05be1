// The Worker's entry: hands requests over to the app, the cron's ticks to the jobs, and a backend's calls to the ingest.
import { app } from "./app.ts";
import { runJobs } from "./jobs.ts";

export { AudioIngest } from "./ingest/rpc.ts";

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, env) => runJobs(env, new Date(scheduledTime)),
} satisfies ExportedHandler<Env>;
