// The bare Worker with the log line of the service, to measure what that line costs.
export default {
  async fetch(request, env) {
    const { method } = request;
    const object = await env.AUDIO.get(new URL(request.url).pathname.slice(1), { range: request.headers });
    if (!object) return new Response("", { status: 404 });
    const ranged = request.headers.has("Range");
    const status = ranged ? 206 : 200;
    const line = { event: "request", requestId: crypto.randomUUID(), method, status, bytesOut: object.size };
    console.log(
      JSON.stringify({ ...line, d1: 0, r2: 1, route: "/api/audio/:generationId", orgId: "org_bench" }),
    );
    return new Response(object.body, { status, headers: { "Content-Type": "audio/wav" } });
  },
};
