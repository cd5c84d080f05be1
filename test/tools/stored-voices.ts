// Reads all voices of a state: their rows, and the objects with their MD5.
import { createHash } from "node:crypto";
import type { Stores } from "./run-command.ts";

export interface StoredRow {
  id: string;
  name: string;
  description: string | null;
  variant: string;
  r2_object_key: string | null;
  content_type: string | null;
  duration_seconds: number | null;
  size_bytes: number | null;
  updated_at: number;
}

export const md5 = (bytes: Uint8Array) => createHash("md5").update(bytes).digest("hex");

export async function storedVoices({ database, bucket }: Stores) {
  const { results: rows } = await database.prepare("select * from voices order by name").all<StoredRow>();
  const objects = await listAll(bucket);
  return {
    rows,
    objects: objects.map(({ key, checksums, uploaded, httpMetadata, size }) => ({
      key,
      size,
      md5: Buffer.from(checksums.md5 ?? new ArrayBuffer()).toString("hex"),
      contentType: httpMetadata?.contentType,
      uploaded: uploaded.getTime(),
    })),
  };
}

async function listAll(bucket: R2Bucket): Promise<R2Object[]> {
  const objects: R2Object[] = [];
  for (let cursor: string | undefined; ; ) {
    const page = await bucket.list({ include: ["httpMetadata"], ...(cursor && { cursor }) });
    objects.push(...page.objects);
    if (!page.truncated) return objects;
    cursor = page.cursor;
  }
}
