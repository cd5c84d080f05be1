// Reference for the first play of a generation: a Worker that reads its row from D1, then R2, and responds.
export default {
  async fetch(request, env) {
    const id = new URL(request.url).pathname.slice(1);
    const row = await env.DB.prepare(
      "select r2_object_key, failed_at from generations where id = ? and org_id = ? limit 1",
    )
      .bind(id, "org_bench")
      .first();
    const object = row && (await env.AUDIO.get(row.r2_object_key, { range: request.headers }));
    if (!object) return new Response("", { status: 404 });
    const ranged = request.headers.has("Range");
    return new Response(object.body, {
      status: ranged ? 206 : 200,
      headers: { "Content-Type": "audio/wav" },
    });
  },
};
