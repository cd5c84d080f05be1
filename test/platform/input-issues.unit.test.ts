// The issues of a 400 for which a schema states no message.
import { expect, it } from "vitest";
import * as z from "zod/mini";
import { toInputIssues } from "../../src/platform/input-issues.ts";

it("an issue without a message of the schema has zod's message in English", () => {
  const { error } = z.strictObject({ name: z.string() }).safeParse({ name: 1, nickname: "Al" });
  expect(error && toInputIssues(error)).toEqual([
    {
      code: "invalid_type",
      message: "Invalid input: expected string, received number",
      path: ["name"],
    },
    { code: "unrecognized_keys", message: 'Unrecognized key: "nickname"', path: [] },
  ]);
});
