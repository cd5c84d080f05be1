// A developer's own keys in .dev.vars replace the fakes of Clerk and Polar.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type CryptoKey, exportSPKI, generateKeyPair } from "jose";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signSessionToken } from "../../dev/clerk.ts";
import { fakeVariables } from "../../dev/edge-config.ts";
import { type LocalStack, startLocalStack } from "./local-stack.ts";

describe("the variables of the fakes", () => {
  const CLERK = ["CLERK_JWT_KEY", "CLERK_PUBLISHABLE_KEY"];
  const FEED = ["EVENTS_URL", "EVENTS_SECRET"];
  const namesFor = (own: Record<string, string>) => Object.keys(fakeVariables(own, 9000, "PEM"));

  it("are all set when the developer has none", () => {
    const variables = fakeVariables({}, 9000, "PEM");
    expect(Object.keys(variables)).toEqual([
      "CLERK_AUTHORIZED_PARTIES",
      "INGEST_SECRET",
      "METER_GENERATIONS",
      "LOG_READS_ONE_IN",
      "LINK_SECRET",
      ...FEED,
      ...CLERK,
      "POLAR_ACCESS_TOKEN",
      "POLAR_BASE_URL",
      "POLAR_WEBHOOK_SECRET",
    ]);
    expect(variables.POLAR_BASE_URL).toBe("http://localhost:9000/__dev/polar");
    expect(variables.EVENTS_URL).toBe("http://localhost:9000/__dev/changes");
    expect(variables.CLERK_AUTHORIZED_PARTIES).toBe("http://localhost:8787,http://localhost:9000");
  });

  it.each(["CLERK_JWT_KEY", "CLERK_SECRET_KEY"])(
    "do not include Clerk's when the developer has %s",
    (name) => {
      for (const key of CLERK) expect(namesFor({ [name]: "own" })).not.toContain(key);
    },
  );

  it.each(FEED)("do not include the change feed's when the developer has %s", (name) => {
    for (const variable of FEED) expect(namesFor({ [name]: "own" })).not.toContain(variable);
  });

  it("use Polar's sandbox when the developer has a POLAR_ACCESS_TOKEN", () => {
    const variables = fakeVariables({ POLAR_ACCESS_TOKEN: "own" }, 9000, "PEM");
    expect(variables.POLAR_ACCESS_TOKEN).toBeUndefined();
    expect(variables.POLAR_BASE_URL).toBe("https://sandbox-api.polar.sh");
  });
});

describe("npm run dev with the developer's own variables", () => {
  let stack: LocalStack;
  let directory: string;
  let ownPolar: Server;
  let ownKey: CryptoKey;
  const requestsToPolar: string[] = [];

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "resonance-own-"));
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    ownKey = privateKey;
    ownPolar = createServer((request, response) => {
      requestsToPolar.push(`${request.headers.authorization} ${request.url}`);
      response.writeHead(404, { "Content-Type": "application/json" });
      response.end(JSON.stringify({ error: "ResourceNotFound", detail: "Not found" }));
    });
    await new Promise<void>((resolve) => ownPolar.listen(0, "127.0.0.1", resolve));
    const { port } = ownPolar.address() as AddressInfo;
    const vars = join(directory, ".dev.vars");
    await writeFile(
      vars,
      `# My own keys\nCLERK_JWT_KEY="${await exportSPKI(publicKey)}"\nPOLAR_ACCESS_TOKEN=polar_oat_$own\nPOLAR_BASE_URL=http://127.0.0.1:${port}\n`,
    );
    stack = await startLocalStack({ vars });
  });
  afterAll(async () => {
    await stack.stop();
    ownPolar.close();
    await rm(directory, { recursive: true, force: true });
  });

  const subject = { userId: "user_own", orgId: "org_own", expiresInSeconds: 60, version: 2 } as const;

  it("accepts tokens of the developer's own Clerk only", async () => {
    const play = (token: string) =>
      fetch(`${stack.url}/api/voices/voice_system_aaron`, { headers: { Authorization: `Bearer ${token}` } });
    expect((await play(await signSessionToken(ownKey, subject))).status).toBe(200);
    const local = execFileSync("npm", ["run", "-s", "token"], { encoding: "utf8" }).trim();
    expect((await play(local)).status).toBe(401);
  });

  it("calls the developer's own Polar with the token as written", async () => {
    const response = await fetch(`${stack.url}/api/voices/create?name=a&category=GENERAL&language=en`, {
      method: "POST",
      headers: {
        Authorization: `Bearer ${await signSessionToken(ownKey, subject)}`,
        "Content-Type": "audio/wav",
      },
      body: "x",
    });
    expect(await response.json()).toEqual({ error: "SUBSCRIPTION_REQUIRED" });
    expect(requestsToPolar).toEqual(["Bearer polar_oat_$own /v1/customers/external/org_own/state"]);
  });
});
