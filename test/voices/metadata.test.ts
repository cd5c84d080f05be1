// GET /api/voices/{voiceId}/metadata: one voice as JSON.
import { afterEach, describe, expect, it } from "vitest";
import { call } from "../support/call.ts";
import { givenVoice, newOrg, resetPolar } from "../support/fixtures.ts";
import { itRejectsUnauthenticated } from "../support/unauthenticated.ts";

afterEach(resetPolar);

describe("GET /api/voices/{voiceId}/metadata", () => {
  itRejectsUnauthenticated("/api/voices/x/metadata");

  it("returns a system voice to any organisation, with null for what was never measured", async () => {
    const id = await givenVoice(null, "ready", { name: "System" });
    const response = await call(`/api/voices/${id}/metadata`, { as: newOrg() });
    expect(await response.json()).toMatchObject({
      id,
      variant: "SYSTEM",
      state: "ready",
      contentType: null,
      durationSeconds: null,
      sizeBytes: null,
      codec: null,
      sampleRateHz: null,
      channels: null,
      bitsPerSample: null,
      bitrateBps: null,
    });
  });

  it("returns the state processing and no audioUrl while the voice is processing", async () => {
    const orgId = newOrg();
    const id = await givenVoice(orgId, "processing");
    const response = await call(`/api/voices/${id}/metadata`, { as: orgId });
    expect(await response.json()).toMatchObject({ state: "processing", audioUrl: null });
  });

  it("does not reveal the organisation or the R2 key", async () => {
    const orgId = newOrg();
    const response = await call(`/api/voices/${await givenVoice(orgId)}/metadata`, { as: orgId });
    expect(await response.text()).not.toContain(orgId);
  });
});
