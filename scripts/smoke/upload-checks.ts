// Whether uploads are created and refused as clients need it. Only `create` stores anything, and it deletes what it made.
import { randomUUID } from "node:crypto";
import { type Check, CheckFailure, type Context, notApplicable, ok } from "./check.ts";
import { type Answer, NoAnswer } from "./client.ts";
import {
  describe,
  expectRefusal,
  expectStatus,
  parseItems,
  parseObject,
  sessionAdvice,
} from "./expectations.ts";
import { pathOf } from "./playback-checks.ts";
import { silentRecording } from "./silent-recording.ts";

const MAX_RECORDING_BYTES = 20 * 1024 * 1024;
const EARLY_ANSWER_BYTES = 8 * 1024 * 1024;
/** The creation is not interrupted, so that its result is known and can be deleted. */
const CREATION_TIMEOUT_MS = 30_000;
const CLEANUP_TIMEOUT_MS = 15_000;

const creationPath = (name: string) =>
  `/api/voices/create?${new URLSearchParams({ name, category: "GENERAL", language: "en-US" })}`;

const isWithoutSubscription = (answer: Answer) =>
  answer.status === 403 && parseObject(answer).error === "SUBSCRIPTION_REQUIRED";
const WITHOUT_SUBSCRIPTION =
  "403 SUBSCRIPTION_REQUIRED: use a token of an organisation with a subscription to ask this";

const create: Check = {
  name: "create",
  needsToken: true,
  run: async (context) => {
    if (!context.mayCreate) {
      return {
        kind: "not asked",
        detail: "add --create: one creation is billed to the token's organisation",
      };
    }
    const name = `Smoke test ${randomUUID()}`;
    const recording = silentRecording();
    let id: string | undefined;
    let mayExist = true;
    try {
      const created = await context.client.send(
        {
          method: "POST",
          path: creationPath(name),
          headers: { "Content-Type": "audio/wav" },
          body: recording,
          withSession: true,
        },
        AbortSignal.timeout(CREATION_TIMEOUT_MS),
      );
      // A 5xx, and no answer, leave it open whether the voice exists.
      mayExist = created.status < 400 || created.status >= 500;
      if (isWithoutSubscription(created)) return notApplicable(WITHOUT_SUBSCRIPTION);
      expectStatus(created, 201, sessionAdvice(context));
      ({ id } = parseObject(created) as { id: string });
      await expectPlays(context, id, recording);
      await expectDeletes(context, id);
    } catch (error) {
      if (mayExist) await cleanUp(context, name, id);
      throw error;
    }
    return ok(`${id}: created, played byte for byte, deleted, then 404`);
  },
};

async function expectPlays(context: Context, id: string, recording: Buffer): Promise<void> {
  const played = await context.client.send({ path: pathOf(id), withSession: true });
  expectStatus(played, 200, "The voice was created, but cannot be played: look for the request in the log.");
  if (played.body.equals(recording)) return;
  throw new CheckFailure(
    `the created voice has ${played.body.length} bytes instead of the ${recording.length} that were sent`,
    "Something between here and the Worker changes bodies.",
  );
}

async function expectDeletes(context: Context, id: string): Promise<void> {
  const advice = "Delete it in the app. Are the requests DELETE and GET of this path both in `routes`?";
  const deleted = await context.client.send({ method: "DELETE", path: pathOf(id), withSession: true });
  expectStatus(deleted, 204, advice);
  const played = await context.client.send({ path: pathOf(id), withSession: true });
  if (played.status !== 404)
    throw new CheckFailure(`${played.status} instead of 404 after the deletion`, advice);
}

/** Deletes what the check created, also after an interruption, and when the answer to the creation was lost. */
async function cleanUp({ client }: Context, name: string, id: string | undefined): Promise<void> {
  const signal = () => AbortSignal.timeout(CLEANUP_TIMEOUT_MS);
  try {
    const ids = id === undefined ? await findByName(client, name, signal()) : [id];
    for (const each of ids) {
      const deleted = await client.send(
        { method: "DELETE", path: pathOf(each), withSession: true },
        signal(),
      );
      if (![204, 404].includes(deleted.status)) throw new Error(`deleting it was ${deleted.status}`);
    }
  } catch (error) {
    throw new CheckFailure(
      `the voice "${name}" may still be there: ${error instanceof Error ? error.message : error}`,
      "Delete it in the app.",
    );
  }
}

async function findByName(client: Context["client"], name: string, signal: AbortSignal): Promise<string[]> {
  const answer = await client.send(
    { path: `/api/voices?${new URLSearchParams({ search: name })}`, withSession: true },
    signal,
  );
  if (answer.status !== 200) throw new Error(`looking for it was ${answer.status}`);
  return parseItems<{ id: string }>(answer).map(({ id }) => id);
}

const oversize: Check = {
  name: "oversize",
  needsToken: true,
  run: async (context) => {
    const answer = await context.client.upload({
      path: creationPath("Smoke test"),
      headers: { "Content-Type": "audio/wav" },
      declaredBytes: MAX_RECORDING_BYTES + 1,
      withSession: true,
    });
    if (isWithoutSubscription(answer)) return notApplicable(WITHOUT_SUBSCRIPTION);
    expectRefusal(answer, 413, sessionAdvice(context));
    return ok(`${describe(answer)}, after ${toKib(answer.sentBytes)} of 20 MiB`);
  },
};

export const earlyAnswerCheck: Check = {
  name: "early-401",
  needsToken: false,
  run: async ({ client }) => {
    const upload = {
      path: creationPath("Smoke test"),
      headers: { "Content-Type": "audio/wav" },
      declaredBytes: EARLY_ANSWER_BYTES,
    };
    const answer = await client.upload(upload).catch((error: unknown) => {
      if (!(error instanceof NoAnswer)) throw error;
      throw new CheckFailure(
        error.message,
        "An upload that is refused early must still get its answer: browsers otherwise show a network error.",
      );
    });
    expectRefusal(answer, 401, "An upload without a session must be refused: is the path in `routes`?");
    return ok(`${describe(answer)}, after ${toKib(answer.sentBytes)} of 8 MiB`);
  },
};

const toKib = (bytes: number) => `${Math.round(bytes / 1024)} KiB`;

export const UPLOAD_CHECKS: Check[] = [create, oversize];
