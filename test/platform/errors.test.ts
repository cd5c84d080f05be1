import { expect, it } from "vitest";
import { call } from "../support/call.ts";
import { givenCustomer } from "../support/fixtures.ts";
import { upload } from "../support/uploads.ts";

const ask = (accept?: string) =>
  call("/api/voices/none", { as: "org_a", headers: accept ? { Accept: accept } : {} });

it.each([
  "application/problem+json",
  "application/json, application/problem+json",
  "APPLICATION/PROBLEM+JSON;q=0.5, text/html",
])("whoever accepts %s gets a problem (RFC 9457) that keeps the field error", async (accept) => {
  const response = await ask(accept);
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
])("whoever accepts %s gets the error alone", async (accept) => {
  const response = await ask(accept);
  expect(response.headers.get("Content-Type")).toBe("application/json");
  expect(await response.json()).toEqual({ error: "Voice not found" });
});

it("a problem has the words and the issues of its error", async () => {
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
