// The address to ask: as given, or the host of the deployment's routes.
import { type Deployment, readDeployment } from "../operator/deployment.ts";
import { ToolError, UsageError } from "../operator/tool-error.ts";

const LOOPBACK = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** @throws {UsageError} for an address that is not an origin, or that would send the token unencrypted */
export async function findOrigin([address, ...others]: string[], deployment: Deployment): Promise<URL> {
  if (others.length > 0) throw new UsageError("One address is asked at a time");
  if (address === undefined) return originOf(deployment);
  if (!URL.canParse(address))
    throw new UsageError(`${address} is not an address such as https://app.example.com`);
  const url = new URL(address);
  if (!["http:", "https:"].includes(url.protocol) || url.href !== `${url.origin}/`) {
    throw new UsageError(`${address} is not an address such as https://app.example.com`);
  }
  if (url.protocol === "http:" && !LOOPBACK.has(url.hostname)) {
    throw new UsageError("http would send the session token unencrypted: it is for the local stack only");
  }
  return url;
}

async function originOf(deployment: Deployment): Promise<URL> {
  const { routes = [] } = await readDeployment(deployment);
  const hosts = routes.map(
    (route) => (typeof route === "string" ? route : route.pattern).split("/")[0] ?? "",
  );
  const host = hosts.find((each) => each && !each.includes("*"));
  if (host) return new URL(`https://${host}`);
  throw new ToolError(
    "The configuration has no route that names a host: give the address, such as the one at workers.dev that " +
      "`npm run deploy` printed.",
  );
}
