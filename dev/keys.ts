// The Clerk fake's key pair: created once per checkout, ignored by git.
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CryptoKey, exportPKCS8, exportSPKI, generateKeyPair, importPKCS8 } from "jose";
import { ROOT } from "./paths.ts";

const DIRECTORY = join(ROOT, ".wrangler", "local-clerk");
const PRIVATE_KEY = join(DIRECTORY, "private.pem");
const PUBLIC_KEY = join(DIRECTORY, "public.pem");

interface ClerkKeys {
  privateKey: CryptoKey;
  privatePem: string;
  publicPem: string;
}

/** The key pair, created when absent: the private key as a CryptoKey and as PEM, the public key as PEM. */
export async function localClerkKeys(): Promise<ClerkKeys> {
  if (!existsSync(PRIVATE_KEY)) await createKeys();
  const privatePem = await readFile(PRIVATE_KEY, "utf8");
  return {
    privateKey: await importPKCS8(privatePem, "RS256"),
    privatePem,
    publicPem: await readFile(PUBLIC_KEY, "utf8"),
  };
}

async function createKeys(): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
  await mkdir(DIRECTORY, { recursive: true });
  await writeFile(PUBLIC_KEY, await exportSPKI(publicKey));
  // Written last: localClerkKeys takes its presence to mean that both files exist.
  await writeFile(PRIVATE_KEY, await exportPKCS8(privateKey), { mode: 0o600 });
}
