// Holds every answer against the API's description: its status, its type, its headers, its JSON.
import { Validator } from "@cfworker/json-schema";
import { expect } from "vitest";
import description from "../../src/openapi/openapi.json" with { type: "json" };

interface Answer {
  headers?: Record<string, { required?: boolean }>;
  content?: Record<string, { schema?: object }>;
}
interface Operation {
  operationId: string;
  responses: Record<string, Answer>;
}

const paths = Object.entries(description.paths as unknown as Record<string, Record<string, Operation>>);
const matchers = paths.map(([path, operations]) => ({
  pattern: new RegExp(`^${path.replaceAll(/\{\w+\}/g, "[^/]+")}$`),
  operations,
}));

/** Each operation with each status that the description gives it, as `operationId status`. */
export const describedOutcomes = paths.flatMap(([, operations]) =>
  Object.values(operations).flatMap(({ operationId, responses }) =>
    Object.keys(responses).map((status) => `${operationId} ${status}`),
  ),
);

function operationOf(method: string, path: string): Operation | undefined {
  const name = method === "HEAD" ? "get" : method.toLowerCase();
  return matchers.find(({ pattern, operations }) => pattern.test(path) && operations[name])?.operations[name];
}

/** Fails on an answer that the description does not have; answers with `operationId status`. */
export async function expectMatchesOpenApi(request: Request, response: Response): Promise<string> {
  const { pathname } = new URL(request.url);
  const operation = operationOf(request.method, pathname);
  expect(response.headers.get("X-Request-Id")).toBeTruthy();
  if (!operation) {
    // CORS answers a preflight.
    expect(request.method === "OPTIONS" ? [204, 404, 405] : [404, 405]).toContain(response.status);
    return "";
  }
  const outcome = `${operation.operationId} ${response.status}`;
  const answer = operation.responses[response.status];
  expect(answer, `${outcome} is not described`).toBeDefined();
  for (const [name, { required }] of Object.entries(answer?.headers ?? {})) {
    if (required) expect(response.headers.has(name), `${outcome} has ${name}`).toBe(true);
  }
  await expectDescribedBody(answer?.content ?? {}, request, response, outcome);
  return outcome;
}

async function expectDescribedBody(
  content: NonNullable<Answer["content"]>,
  { method }: Request,
  response: Response,
  outcome: string,
): Promise<void> {
  const type = response.headers.get("Content-Type");
  if (Object.keys(content).length === 0) return expect(response.body, outcome).toBeNull();
  const range = Object.keys(content).find((known) => type?.startsWith(known.replace("*", "")));
  expect(range, `${outcome} as ${type} is described`).toBeDefined();
  const schema = content[range ?? ""]?.schema;
  if (!schema || method === "HEAD") return;
  const { components } = description;
  const { valid, errors } = new Validator({ ...schema, components }, "2020-12").validate(
    await response.clone().json(),
  );
  expect(valid, `${outcome}: ${JSON.stringify(errors)}`).toBe(true);
}
