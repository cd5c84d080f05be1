// The Polar fake's list of events must count and refuse as Polar's does: the daily check is tested against it.
import { beforeEach, describe, expect, it } from "vitest";
import { LOCAL_POLAR_TOKEN } from "../../dev/identities.ts";
import { createPolarFake } from "../../dev/polar.ts";

const HEADERS = {
  Authorization: `Bearer ${LOCAL_POLAR_TOKEN}`,
  "Polar-Version": "2026-10",
  "Content-Type": "application/json",
};

let polar: ReturnType<typeof createPolarFake>;
beforeEach(() => {
  polar = createPolarFake(LOCAL_POLAR_TOKEN);
});

const ingest = (events: unknown[]) =>
  polar.request("/v1/events/ingest", { method: "POST", headers: HEADERS, body: JSON.stringify({ events }) });
const event = (timestamp: string, more: object = {}) => ({
  ...{
    name: "voice_creation",
    external_customer_id: "org_acme",
    external_id: crypto.randomUUID(),
    timestamp,
  },
  ...more,
});

interface Page {
  items: { name: string; timestamp: string }[];
  pagination: { total_count: number; max_page: number };
}
const list = (query: string, headers: HeadersInit = HEADERS) =>
  polar.request(`/v1/events/?${query}`, { headers });
const page = async (query: string) => (await (await list(query)).json()) as Page;
const count = async (query: string) => (await page(query)).pagination.total_count;

describe("the Polar fake's list of events", () => {
  it("excludes both ends of the time, to the millisecond", async () => {
    await ingest(
      ["2026-01-01T00:00:00.000Z", "2026-01-01T00:00:00.001Z", "2026-01-01T00:00:00.002Z"].map((at) =>
        event(at),
      ),
    );
    expect(
      await count("start_timestamp=2026-01-01T00:00:00.000Z&end_timestamp=2026-01-01T00:00:00.002Z"),
    ).toBe(1);
    expect(
      await count("start_timestamp=2025-12-31T23:59:59.999Z&end_timestamp=2026-01-01T00:00:00.003Z"),
    ).toBe(3);
    expect(await count("start_timestamp=2026-01-01T01:00:00.000%2B01:00")).toBe(2);
  });

  it("filters by one or more names, by customer and by source", async () => {
    const at = "2026-01-01T00:00:00Z";
    await ingest([
      event(at),
      event(at, { name: "b" }),
      event(at, { name: "c", external_customer_id: "other" }),
    ]);
    expect(await count("name=b")).toBe(1);
    expect(await count("name=b&name=c")).toBe(2);
    expect(await count("external_customer_id=other")).toBe(1);
    expect(await count("source=user")).toBe(3);
    expect(await count("source=system")).toBe(0);
  });

  it("counts an event that was sent twice once, and gives no external_id", async () => {
    const sent = event("2026-01-01T00:00:00Z");
    await ingest([sent]);
    await ingest([sent]);
    const { items, pagination } = await page("limit=1");
    expect(pagination).toEqual({ total_count: 1, max_page: 1 });
    expect(items[0]).toMatchObject({
      name: "voice_creation",
      source: "user",
      external_customer_id: "org_acme",
    });
    expect(items[0]).not.toHaveProperty("external_id");
  });

  it("has pages of ten, the newest first, and of a hundred at most", async () => {
    await ingest(Array.from({ length: 150 }, (_, n) => event(new Date(n).toISOString())));
    const first = await page("");
    expect(first.items).toHaveLength(10);
    expect(first.items[0]?.timestamp).toBe("1970-01-01T00:00:00.149Z");
    expect(first.pagination).toEqual({ total_count: 150, max_page: 15 });
    expect((await page("limit=1000")).items).toHaveLength(100);
    expect((await page("limit=100&page=2")).items).toHaveLength(50);
    expect((await page("sorting=timestamp&limit=1")).items[0]?.timestamp).toBe("1970-01-01T00:00:00.000Z");
  });

  it.each([
    "limit=0",
    "page=0",
    "limit=many",
    "start_timestamp=2026-01-01T00:00:00",
    "end_timestamp=yesterday",
    "source=app",
    "sorting=name",
    "filter={}",
  ])("refuses %s with 422", async (query) => {
    const response = await list(query);
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ detail: [{ loc: expect.arrayContaining(["query"]) }] });
  });

  it("requires a token, and its own path", async () => {
    expect((await list("", { ...HEADERS, Authorization: "Bearer other" })).status).toBe(401);
    expect((await polar.request("/v1/event/", { headers: HEADERS })).status).toBe(404);
  });
});

describe("the Polar fake's ingest", () => {
  const at = "2026-01-01T00:00:00Z";

  it("refuses more than 10 MiB with 413", async () => {
    const large = Array.from({ length: 11 }, () => event(at, { external_id: "x".repeat(1024 * 1024) }));
    const response = await ingest(large);
    expect(response.status).toBe(413);
    expect(await response.json()).toMatchObject({ error: "RequestBodyTooLarge" });
    expect(await count("")).toBe(0);
  });

  it("fails with 500, and stores nothing, where its database cannot take as many rows", async () => {
    await polar.request("/meters", { method: "PUT", body: '{"matching":5}' });
    const events = Array.from({ length: 1000 }, () => event(at));
    expect((await ingest(events)).status).toBe(500);
    expect(await count("")).toBe(0);
    await polar.request("/meters", { method: "PUT", body: '{"matching":4}' });
    expect((await ingest(events)).status).toBe(200);
    // Nothing is inserted again.
    await polar.request("/meters", { method: "PUT", body: '{"matching":5}' });
    expect(await (await ingest(events)).json()).toEqual({ inserted: 0, duplicates: 1000 });
  });

  it("names each event that it refuses", async () => {
    const response = await ingest([
      event(at),
      event(at, { name: "n".repeat(129) }),
      event(at),
      event("2999-01-01T00:00:00Z"),
    ]);
    const { detail } = (await response.json()) as { detail: { loc: unknown[] }[] };
    expect(detail.map(({ loc }) => loc.slice(0, 3))).toEqual([
      ["body", "events", 1],
      ["body", "events", 3],
    ]);
  });
});
