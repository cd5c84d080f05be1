// The limit: a Worker that does nothing but read R2 and answer.
export default {
  async fetch(request, env) {
    const object = await env.AUDIO.get(new URL(request.url).pathname.slice(1), { range: request.headers });
    if (!object) return new Response("", { status: 404 });
    const ranged = request.headers.has("Range");
    return new Response(object.body, {
      status: ranged ? 206 : 200,
      headers: { "Content-Type": "audio/wav" },
    });
  },
};
