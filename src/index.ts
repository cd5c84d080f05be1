// The Worker's entry: hands requests over to the app, and the cron's ticks to the jobs.
import { app } from "./app.ts";
import { runJobs } from "./jobs/run.ts";

export default {
  fetch: app.fetch,
  scheduled: ({ scheduledTime }, env) => runJobs(env, new Date(scheduledTime)),
} satisfies ExportedHandler<Env>;
