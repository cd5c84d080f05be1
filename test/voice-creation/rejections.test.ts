// POST /api/voices/create: which input and transfer it rejects, and in which order.
import { afterEach, describe, expect, it } from "vitest";
import { call, newCountingIsolate } from "../support/call.ts";
import { fixture, givenCustomer, NOTHING_STORED, resetPolar, storedCounts } from "../support/fixtures.ts";
import { brokenOff, streamOf, upload } from "../support/uploads.ts";
import { expectRejection } from "./expect-rejection.ts";

const MAX_UPLOAD_BYTES = 20 * 1024 * 1024;
const TOO_LONG = { "Content-Length": `${MAX_UPLOAD_BYTES + 1}` };

afterEach(resetPolar);

const TOO_LARGE = { status: 413, error: "Audio file exceeds the 20 MB size limit" };
const EMPTY = { status: 400, error: "Please upload an audio file" };
const UNTYPED = { status: 400, error: "Missing Content-Type header" };
const INTERRUPTED = { status: 400, error: "The upload was interrupted. Please try again." };

describe("POST /api/voices/create", () => {
  describe("stores nothing and", () => {
    it.each([
      ["no name", "category=GENERAL&language=en", "invalid_type", "Voice name is required", "name"],
      [
        "a blank name",
        "name=%20%20&category=GENERAL&language=en",
        "too_small",
        "Voice name is required",
        "name",
      ],
      [
        "two names",
        "name=a&name=b&category=GENERAL&language=en",
        "custom",
        "name appears more than once in the query",
        "name",
      ],
      [
        "a name that shows nothing",
        "name=%E3%85%A4%E2%80%8B&category=GENERAL&language=en",
        "custom",
        "Voice name must contain a visible character",
        "name",
      ],
      ["no category", "name=a&language=en", "invalid_enum_value", "Invalid category", "category"],
      [
        "an unknown category",
        "name=a&category=OPERA&language=en",
        "invalid_enum_value",
        "Invalid category",
        "category",
      ],
      ["no language", "name=a&category=GENERAL", "invalid_type", "Language is required", "language"],
      [
        "a malformed language",
        "name=a&category=GENERAL&language=en--US",
        "custom",
        "Language must be a BCP 47 tag such as en-US",
        "language",
      ],
    ])("is 400 with the documented issue for %s", async (_fact, query, code, message, field) => {
      const issues = [{ code, message, path: [field] }];
      const rejection = { status: 400, error: "Invalid input", issues };
      await expectRejection(await fixture("speech.mp3"), rejection, { query });
    });

    it.each([
      ["null", null],
      ["an empty string", ""],
      ["an empty buffer", new ArrayBuffer(0)],
    ])("is 400 for an empty body (%s)", async (_kind, body) => {
      await expectRejection(body, EMPTY);
    });

    it.each([[{}], [{ "Content-Type": "" }], [{ "Content-Type": " ; charset=utf-8" }]])(
      "is 400 for a body without a media type (headers %j)",
      async (headers) => {
        await expectRejection(await fixture("speech.mp3"), UNTYPED, { headers });
      },
    );

    it.each([
      ["name=%E0%A4%A", "name"],
      ["name=%FF", "name"],
      ["name=%ED%A0%80", "name"],
      ["name=a&description=100%", "description"],
    ])("is 400 for the malformed percent-encoding in %s, and names the parameter", async (query, field) => {
      const orgId = await givenCustomer({ active: true });
      const response = await call(`/api/voices/create?category=GENERAL&language=en&${query}`, {
        ...{ method: "POST", as: orgId, body: await fixture("speech.mp3") },
        headers: { "Content-Type": "audio/mpeg" },
      });
      expect(response.status).toBe(400);
      const issue = { code: "custom", message: `${field} is not valid percent-encoded UTF-8`, path: [field] };
      expect(await response.json()).toEqual({ error: "Invalid input", issues: [issue] });
      expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
    });

    it.each([
      ["with", (bytes: Uint8Array<ArrayBuffer>) => bytes],
      ["without", streamOf],
    ])("is 413 for a recording of 20 MiB and one byte %s a Content-Length", async (_fact, toBody) => {
      await expectRejection(toBody(new Uint8Array(MAX_UPLOAD_BYTES + 1)), TOO_LARGE);
    });

    it("is 413 for a Content-Length of 20 MiB and one byte before R2 is called", async () => {
      const { isolate, r2 } = newCountingIsolate();
      const headers = { "Content-Type": "audio/wav", ...TOO_LONG };
      await expectRejection("x", TOO_LARGE, { isolate, headers });
      expect(r2).toEqual({});
    });

    it("is 400 when the connection breaks during an upload without a Content-Length", async () => {
      const body = new ReadableStream({
        pull(controller) {
          controller.enqueue(new Uint8Array(1000));
          controller.error(new Error("connection lost"));
        },
      });
      await expectRejection(body, INTERRUPTED);
    });

    it("is 400 when the connection breaks during an upload with a Content-Length", async () => {
      const bytes = new Uint8Array(await fixture("speech.wav"));
      const headers = { "Content-Type": "audio/wav", "Content-Length": `${bytes.byteLength}` };
      await expectRejection(brokenOff(bytes, 100_000), INTERRUPTED, { headers });
    });
  });

  describe("answers a request with several errors", () => {
    const allWrong = { query: "category=OPERA", headers: {} };

    it("by 401 without a session before anything else", async () => {
      const response = await call("/api/voices/create", { method: "POST", body: "" });
      expect(response.status).toBe(401);
    });

    it("by 403 without a subscription before 400 for invalid input", async () => {
      const orgId = await givenCustomer({ active: false });
      expect((await upload(orgId, null, allWrong)).status).toBe(403);
    });

    it("by 400 for invalid input before an empty body", async () => {
      const issues = expect.any(Array);
      await expectRejection(null, { status: 400, error: "Invalid input", issues }, allWrong);
    });

    it("by 400 for an empty body before a missing Content-Type", async () => {
      await expectRejection(null, EMPTY, { headers: {} });
    });

    it("by 413 for a body over 20 MiB before 400 for a missing Content-Type", async () => {
      await expectRejection("x", TOO_LARGE, { headers: TOO_LONG });
    });

    it.each([
      ["an empty body", null, {}, EMPTY],
      ["413 for a body over 20 MiB", "x", TOO_LONG, TOO_LARGE],
    ])("by %s before 400 for a form", async (_what, body, headers, rejection) => {
      await expectRejection(body, rejection, {
        headers: { "Content-Type": "multipart/form-data", ...headers },
      });
    });

    it("by 400 for a missing Content-Type before 422 for invalid audio", async () => {
      await expectRejection(new Uint8Array(8), UNTYPED, { headers: {} });
    });
  });
});
