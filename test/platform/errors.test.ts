// Error bodies: {"error"}, or a problem (RFC 9457) for a client that asks for it.
import { expect, it } from "vitest";
import { call } from "../support/call.ts";
import { givenCustomer } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

const getUnknownVoice = (accept?: string) =>
  call("/api/voices/none", { as: "org_a", headers: accept ? { Accept: accept } : {} });

it.each([
  "application/problem+json",
  "application/json, application/problem+json",
  "APPLICATION/PROBLEM+JSON;q=0.5, text/html",
])("an error for Accept: %s is a problem (RFC 9457) that keeps the member `error`", async (accept) => {
  const response = await getUnknownVoice(accept);
  expect(response.status).toBe(404);
  expect(response.headers.get("Content-Type")).toBe("application/problem+json");
  expect(await response.json()).toEqual({
    type: "urn:problem-type:resonance:voice-not-found",
    title: "Voice not found",
    status: 404,
    detail: "Voice not found",
    code: "voice_not_found",
    requestId: response.headers.get("X-Request-Id"),
    error: "Voice not found",
  });
});

it.each([
  undefined,
  "*/*",
  "application/*",
  "application/json",
  "application/json, application/problem+json;q=0.5",
  "application/problem+json;q=0",
  "audio/*;q=0.9",
])("an error for Accept: %s has the member `error` alone", async (accept) => {
  const response = await getUnknownVoice(accept);
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(await response.json()).toEqual({ error: "Voice not found" });
});

it("a problem has the message and the issues of its error", async () => {
  const orgId = await givenCustomer({ active: true });
  const headers = { Accept: "application/problem+json", "Content-Type": "audio/wav" };
  const invalid = await upload(orgId, "x", {
    headers,
    query: { name: "A", language: "en", category: "OPERA" },
  });
  expect(await invalid.json()).toMatchObject({
    title: "Invalid input",
    status: 400,
    error: "Invalid input",
    issues: [{ code: "invalid_enum_value", message: "Invalid category", path: ["category"] }],
  });
});
