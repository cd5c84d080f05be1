// A fake R2 bucket in memory: the methods that the tools and their tests call. It verifies a given MD5, as R2 does.
import { createHash } from "node:crypto";

interface StoredObject {
  bytes: Buffer;
  uploaded: Date;
  contentType: string | undefined;
}

const MAX_LISTED_OBJECTS = 1000;

export function createMemoryR2(): R2Bucket {
  const objects = new Map<string, StoredObject>();
  const describeObject = (key: string, { bytes, uploaded, contentType }: StoredObject) => ({
    ...{ key, size: bytes.length, uploaded },
    checksums: { md5: Uint8Array.from(createHash("md5").update(bytes).digest()).buffer },
    httpMetadata: contentType === undefined ? {} : { contentType },
  });
  return {
    head: async (key: string) => {
      const object = objects.get(key);
      return object ? describeObject(key, object) : null;
    },
    put: async (key: string, value: Blob | Uint8Array, { md5, httpMetadata }: R2PutOptions = {}) => {
      const bytes = Buffer.from(value instanceof Blob ? await value.arrayBuffer() : value);
      const actual = createHash("md5").update(bytes).digest("hex");
      if (md5 !== undefined && md5 !== actual) {
        throw new Error("put: The MD5 checksum you specified did not match what we received. (10037)");
      }
      const contentType = (httpMetadata as R2HTTPMetadata | undefined)?.contentType;
      const object = { bytes, uploaded: new Date(), contentType };
      objects.set(key, object);
      return describeObject(key, object);
    },
    delete: async (keys: string | string[]) => {
      for (const key of [keys].flat()) objects.delete(key);
    },
    list: async ({ include = [], cursor = "" }: R2ListOptions & { include?: string[] } = {}) => {
      const rest = [...objects].filter(([key]) => key > cursor).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const page = rest.slice(0, MAX_LISTED_OBJECTS);
      return {
        objects: page.map(([key, object]) => {
          const { httpMetadata, ...described } = describeObject(key, object);
          return { ...described, httpMetadata: include.includes("httpMetadata") ? httpMetadata : undefined };
        }),
        ...(rest.length > page.length ? { truncated: true, cursor: page.at(-1)?.[0] } : { truncated: false }),
      };
    },
  } as unknown as R2Bucket;
}
