// Uploads that POST /api/voices/create rejects, and the errors that they get.
import { expect } from "vitest";
import { givenCustomer, NOTHING_STORED, storedCounts } from "../support/fixtures.ts";
import { type Upload, upload } from "../support/uploads.ts";

/** The response to a rejected request. */
interface Rejection {
  status: number;
  error: string;
  issues?: unknown;
}

export const NOT_AUDIO = { status: 422, error: "File is not a valid audio file" };
export const WRAPPED = {
  status: 400,
  error:
    "The request body must be the audio file itself, not a form that contains it: curl --data-binary @file, or in a browser fetch(url, { body: file })",
};

/** Uploads `body` as a new customer with a subscription: it must be rejected, and nothing stored. */
export async function expectRejection(
  body: BodyInit | null,
  { status, ...members }: Rejection,
  options: Upload = {},
): Promise<void> {
  const orgId = await givenCustomer({ active: true });
  const response = await upload(orgId, body, options);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual(members);
  expect(await storedCounts(orgId)).toEqual(NOTHING_STORED);
}
