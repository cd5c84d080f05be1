// Which deployment of the analysis Worker (analysis/) belongs to a deployment of the service. Deploys nothing.
import { type Deployment, readDeployment } from "../operator/deployment.ts";
import { ANALYSIS_CONFIG } from "../operator/paths.ts";
import { ToolError } from "../operator/tool-error.ts";

/**
 * The deployment that the service's binding ANALYSIS names.
 * @throws {ToolError} when a configuration cannot be read, has no such binding, or the two do not belong together
 */
export async function analysisDeployment(service: Deployment, config = ANALYSIS_CONFIG): Promise<Deployment> {
  const { services = [], r2_buckets } = await readDeployment(service);
  const binding = services.find((each) => each.binding === "ANALYSIS");
  if (!binding) throw new ToolError("The service has no binding ANALYSIS: it needs the analysis Worker");
  const deployment = { env: service.env, config };
  const analysis = await readDeployment(deployment);
  if (analysis.name !== binding.service) {
    throw new ToolError(`The binding ANALYSIS names ${binding.service}, but ${config} is ${analysis.name}`);
  }
  const bucketOf = (buckets: typeof r2_buckets) =>
    buckets.find((each) => each.binding === "AUDIO")?.bucket_name;
  if (bucketOf(analysis.r2_buckets) !== bucketOf(r2_buckets)) {
    throw new ToolError(`The service binds the bucket ${bucketOf(r2_buckets)}, but ${config} another one`);
  }
  return deployment;
}
