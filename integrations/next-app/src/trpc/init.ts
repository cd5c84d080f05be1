// tRPC's base: what Resonance apps have in this file. Not copied: your app keeps its own.
import { auth } from "@clerk/nextjs/server";
import { initTRPC, TRPCError } from "@trpc/server";
import { cache } from "react";
import superjson from "superjson";

export const createTRPCContext = cache(async () => ({}));

const t = initTRPC.create({ transformer: superjson });

export const createTRPCRouter = t.router;

/** A procedure for a signed-in member of an organisation. */
export const orgProcedure = t.procedure.use(async ({ next }) => {
  const { userId, orgId } = await auth();
  if (!userId) throw new TRPCError({ code: "UNAUTHORIZED" });
  if (!orgId) throw new TRPCError({ code: "FORBIDDEN", message: "Organization required" });
  return next({ ctx: { userId, orgId } });
});
