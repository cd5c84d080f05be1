// The limit of an upload: a Worker that does nothing but write its body to R2.
export default {
  async fetch(request, env) {
    await env.AUDIO.put(crypto.randomUUID(), request.body);
    return new Response("", { status: 201 });
  },
};
