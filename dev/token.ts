// `npm run -s token`: prints one signed session token and nothing else.
import { parseCommandLine } from "../scripts/operator/arguments.ts";
import { consoleOutput } from "../scripts/operator/output.ts";
import { runTool } from "../scripts/operator/run-tool.ts";
import { UsageError } from "../scripts/operator/tool-error.ts";
import { signSessionToken } from "./clerk.ts";
import { DEMO_ORG } from "./identities.ts";
import { localClerkKeys } from "./keys.ts";

const USAGE = `npm run -s token -- [--org ORG] [--user USER] [--expires-in SECONDS] [--v1] [--no-azp]

Prints a session token of the local stack, for the cookie __session or as a bearer token.

  --org         the organisation (default: ${DEMO_ORG})
  --user        the user (default: user_demo)
  --expires-in  the lifetime in seconds (default: 3600)
  --v1          a token of Clerk's version 1
  --no-azp      a token as Clerk mints it on a top-level navigation: accepted as a cookie only`;

process.exitCode = await runTool(USAGE, consoleOutput, async () => {
  const { values } = parseCommandLine({
    options: {
      org: { type: "string", default: DEMO_ORG },
      user: { type: "string", default: "user_demo" },
      "expires-in": { type: "string", default: "3600" },
      v1: { type: "boolean", default: false },
      "no-azp": { type: "boolean", default: false },
    },
  });
  const expiresInSeconds = Number(values["expires-in"]);
  if (!Number.isSafeInteger(expiresInSeconds)) {
    throw new UsageError("--expires-in must be a whole number of seconds");
  }
  const { privateKey } = await localClerkKeys();
  const subject = {
    orgId: values.org,
    userId: values.user,
    expiresInSeconds,
    version: values.v1 ? 1 : 2,
    ...(values["no-azp"] && { azp: null }),
  } as const;
  console.log(await signSessionToken(privateKey, subject));
  return 0;
});
