// Runs before each test file: applies the migrations to the local D1, empties D1, R2 and the Polar fake, and builds the
// search index of nothing. The files share one worker, because a worker per file takes longer to start than most files
// take to run.
import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeEach } from "vitest";
import { restartBuild } from "../../src/search/build.ts";
import { updateSearchIndex } from "../../src/search/job.ts";
import { resetPolar } from "./fixtures.ts";

await applyD1Migrations(env.DB, env.TEST_MIGRATIONS);
await emptyDatabase(env.DB);
await applyD1Migrations(env.SEARCH_DB, env.TEST_SEARCH_MIGRATIONS);
await restartBuild(env.SEARCH_DB);
await updateSearchIndex({ database: env.DB, index: env.SEARCH_DB }, new Date());
await emptyBucket(env.AUDIO);
await resetPolar();

// Tests follow each other faster than the budget of calls to Polar is refilled.
beforeEach(async () => {
  await env.DB.prepare("delete from polar_call_budget").run();
});

async function emptyDatabase(database: D1Database): Promise<void> {
  const tables = await database
    .prepare("select name from sqlite_master where type = 'table'")
    .all<{ name: string }>();
  const own = tables.results.filter(({ name }) => !/^(sqlite_|_cf_|d1_)/i.test(name));
  await database.batch(own.map(({ name }) => database.prepare(`delete from "${name}"`)));
}

async function emptyBucket(bucket: R2Bucket): Promise<void> {
  for (;;) {
    const { objects } = await bucket.list();
    if (objects.length === 0) return;
    await bucket.delete(objects.map(({ key }) => key));
  }
}
