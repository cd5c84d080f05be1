// DELETE below /internal: an app that keeps its rows elsewhere deletes them here as well. 204 also when there is no such
// row, so that the caller may repeat it.
import { deleteGenerationsWithObjects } from "../generations/deletion.ts";
import type { BaseEnv } from "../platform/env.ts";
import { createFactory } from "../platform/handlers.ts";
import { isPlainId } from "../platform/ids.ts";
import { validateQuery } from "../platform/validation.ts";
import { deleteVoiceWithObject } from "../voices/deletion.ts";
import { findGenerationRow, findVoiceOwner } from "./queries.ts";
import { generationDeletionQuery } from "./schema.ts";

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

/**
 * DELETE /internal/generations/{generationId}: a generation of any organisation, or of the one that the caller names.
 * The id then does not begin for a day, even if the deletion has overtaken its begin.
 */
export const deleteInternalGeneration = createFactory<
  BaseEnv,
  "/internal/generations/:generationId"
>().createHandlers(validateQuery(generationDeletionQuery), async (c) => {
  const id = c.req.param("generationId");
  const orgId = c.req.valid("query").orgId ?? (await findGenerationRow(c.var.database, id))?.orgId;
  if (orgId !== undefined) {
    // No generation begins under another id, whose key could be that of another object.
    await deleteGenerationsWithObjects(c, [id], orgId, { includesUnbegun: isPlainId(id) });
  }
  c.set("loggedOrgId", orgId);
  return c.body(null, 204);
});
