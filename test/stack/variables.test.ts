import { describe, expect, it } from "vitest";
import { standInVariables } from "../../dev/variables.ts";

const namesFor = (own: Record<string, string>) => Object.keys(standInVariables(own, 9000, "PEM"));
const CLERK = ["CLERK_JWT_KEY", "CLERK_PUBLISHABLE_KEY", "CLERK_AUTHORIZED_PARTIES"];
const POLAR = ["POLAR_ACCESS_TOKEN", "POLAR_BASE_URL"];

describe("a user's .dev.vars", () => {
  it("leaves both stand-ins when it is empty", () => expect(namesFor({})).toEqual([...CLERK, ...POLAR]));

  it("takes Clerk's place by any setting of Clerk", () => {
    expect(namesFor({ CLERK_SECRET_KEY: "sk_test_own" })).toEqual(POLAR);
  });

  it("takes Polar's place by any setting of Polar", () => {
    expect(namesFor({ POLAR_ACCESS_TOKEN: "polar_oat_own" })).toEqual(CLERK);
  });
});

it("the stand-ins are where the stack listens", () => {
  const variables = standInVariables({}, 9000, "PEM");
  expect(variables.POLAR_BASE_URL).toBe("http://localhost:9000/__dev/polar");
  expect(variables.CLERK_AUTHORIZED_PARTIES).toBe("http://localhost:8787,http://localhost:9000");
});
