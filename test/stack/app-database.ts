// The Postgres of an app: the tables that Prisma creates for its models Voice and Generation, and that of postgres-sync.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { APP_SCHEMA } from "../support/app-schema.ts";
import type { Postgres } from "../support/postgres.ts";

const MIGRATION = join(import.meta.dirname, "../../integrations/postgres-sync/migration.sql");

export async function createAppTables({ psql }: Postgres): Promise<void> {
  await psql("-c", APP_SCHEMA);
  await psql("-c", await readFile(MIGRATION, "utf8"));
}

/** The rows of both tables by id, with times in milliseconds, as D1 has them. */
export async function appRows({ rows }: Postgres) {
  const times = `(extract(epoch from "createdAt") * 1000)::bigint as "createdAt",
    (extract(epoch from "updatedAt") * 1000)::bigint as "updatedAt"`;
  return {
    voices: await rows(
      `select "id", "orgId", "name", "description", "category", "language", "variant", "r2ObjectKey", ${times}
       from "Voice" order by "id"`,
    ),
    generations: await rows(
      `select "id", "orgId", "voiceId", "voiceName", "text", "r2ObjectKey", "temperature", "topP", "topK",
         "repetitionPenalty", ${times}
       from "Generation" order by "id"`,
    ),
  };
}

/** The same rows of D1: those that the feed tells of. */
export async function serviceRows(database: D1Database) {
  const all = async (sql: string) => (await database.prepare(sql).all()).results;
  const times = `created_at as "createdAt", updated_at as "updatedAt"`;
  return {
    voices: await all(
      `select id, org_id as "orgId", name, description, category, language, variant, r2_object_key as "r2ObjectKey",
         ${times} from voices where r2_object_key is not null order by id`,
    ),
    generations: await all(
      `select id, org_id as "orgId", (select id from voices where id = voice_id) as "voiceId", voice_name as "voiceName", text,
         r2_object_key as "r2ObjectKey", temperature, top_p as "topP", top_k as "topK",
         repetition_penalty as "repetitionPenalty", ${times}
       from generations where r2_object_key is not null order by id`,
    ),
  };
}
