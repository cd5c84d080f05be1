// Reference for playback: a Worker that only reads R2 and responds.
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
