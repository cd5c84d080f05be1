// app/api/resonance-events/route.ts of a Next.js app: the service's EVENTS_URL is its address.
import { Pool } from "pg";
import { createSyncHandler } from "./handler";

const pool = new Pool({ connectionString: process.env.DATABASE_URL });

export const runtime = "nodejs";

export const POST = createSyncHandler({
  secret: process.env.RESONANCE_EVENTS_SECRET,
  query: (sql, values) => pool.query(sql, values),
});
