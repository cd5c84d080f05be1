// Requests that produce each documented outcome of changing a voice and of deleting voices and generations.
import { call } from "../support/call.ts";
import { givenGeneration, givenVoice, newOrg } from "../support/fixtures.ts";
import { behindSession, fromAnotherSite, type Scenario } from "./audio-scenarios.ts";

const JSON_TYPE = { "Content-Type": "application/json" };
const PATCH = { method: "PATCH", headers: JSON_TYPE, body: '{"name":"Renamed"}' };
const DELETE_SEVERAL = { method: "POST", headers: JSON_TYPE, body: '{"ids":["x"]}' };

export const changeScenarios: Record<string, Record<number, Scenario>> = {
  updateVoice: {
    ...behindSession("/api/voices/x", PATCH),
    200: async () => {
      const orgId = newOrg();
      return call(`/api/voices/${await givenVoice(orgId)}`, { as: orgId, ...PATCH });
    },
    400: () => call("/api/voices/x", { as: newOrg(), ...PATCH, body: "{}" }),
    403: async () => call("/api/voices/x", await fromAnotherSite(PATCH)),
    404: () => call("/api/voices/none", { as: newOrg(), ...PATCH }),
    413: () => call("/api/voices/x", { as: newOrg(), ...PATCH, body: "x".repeat(1024 * 1024 + 1) }),
    415: () => call("/api/voices/x", { as: newOrg(), method: "PATCH", body: "{}" }),
  },
  deleteVoice: {
    ...behindSession("/api/voices/x", { method: "DELETE" }),
    204: async () => {
      const orgId = newOrg();
      return call(`/api/voices/${await givenVoice(orgId)}`, { as: orgId, method: "DELETE" });
    },
    403: async () => call("/api/voices/x", await fromAnotherSite({ method: "DELETE" })),
    404: () => call("/api/voices/none", { as: newOrg(), method: "DELETE" }),
  },
  deleteGeneration: {
    ...behindSession("/api/generations/x", { method: "DELETE" }),
    204: async () => {
      const orgId = newOrg();
      return call(`/api/generations/${await givenGeneration(orgId)}`, { as: orgId, method: "DELETE" });
    },
    403: async () => call("/api/generations/x", await fromAnotherSite({ method: "DELETE" })),
    404: () => call("/api/generations/none", { as: newOrg(), method: "DELETE" }),
  },
  deleteGenerations: {
    ...behindSession("/api/generations/delete", DELETE_SEVERAL),
    200: async () => {
      const orgId = newOrg();
      const body = JSON.stringify({ ids: [await givenGeneration(orgId), "none"] });
      return call("/api/generations/delete", { as: orgId, ...DELETE_SEVERAL, body });
    },
    400: () => call("/api/generations/delete", { as: newOrg(), ...DELETE_SEVERAL, body: "{}" }),
    403: async () => call("/api/generations/delete", await fromAnotherSite(DELETE_SEVERAL)),
    413: () =>
      call("/api/generations/delete", {
        ...{ as: newOrg(), ...DELETE_SEVERAL },
        body: "x".repeat(1024 * 1024 + 1),
      }),
    415: () => call("/api/generations/delete", { as: newOrg(), method: "POST", body: "{}" }),
  },
};
