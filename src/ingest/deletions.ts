// DELETE below /internal: an app that keeps its rows elsewhere deletes them here as well. 204 also when there is no such
// row, so that the caller may repeat it.
import { createFactory } from "hono/factory";
import { deleteGenerationsWithObjects } from "../generations/deletion.ts";
import type { BaseEnv } from "../platform/env.ts";
import { deleteVoiceWithObject } from "../voices/deletion.ts";
import { findGenerationRow, findVoiceOwner } from "./queries.ts";

/** DELETE /internal/voices/{voiceId}: a voice of any organisation. System voices are kept. */
export const deleteInternalVoice = createFactory<BaseEnv, "/internal/voices/:voiceId">().createHandlers(
  async (c) => {
    const id = c.req.param("voiceId");
    const orgId = await findVoiceOwner(c.var.database, id);
    if (orgId !== null) await deleteVoiceWithObject(c, id, orgId);
    c.set("loggedOrgId", orgId ?? undefined);
    return c.body(null, 204);
  },
);

/** DELETE /internal/generations/{generationId}: a generation of any organisation. */
export const deleteInternalGeneration = createFactory<
  BaseEnv,
  "/internal/generations/:generationId"
>().createHandlers(async (c) => {
  const id = c.req.param("generationId");
  const generation = await findGenerationRow(c.var.database, id);
  if (generation) await deleteGenerationsWithObjects(c, [id], generation.orgId);
  c.set("loggedOrgId", generation?.orgId);
  return c.body(null, 204);
});
