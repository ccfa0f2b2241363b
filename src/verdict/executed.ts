import type { ExecutedRequirement } from '../config/types.js'
import type { Verdict } from '../result.js'
import type { ExecutedLayer, Provider } from '../runtime/types.js'
import { nodeOfKernel } from '../util/kernel-name.js'

interface Layer {
  readonly name: string
  readonly op: string
  readonly output: string
}

export interface ExecutedInput {
  readonly variant: string
  readonly required: ExecutedRequirement & { readonly layers: readonly Layer[] }
  /** What ran, or why that is not known. */
  readonly executed: readonly ExecutedLayer[] | string
  readonly provider: Provider
}

/** Layers that a message names. */
const NAMED = 3

/** One verdict: whether every layer that must run in a precision did. What the profile does not show did not. */
export function judgeExecuted({ variant, required, executed, provider }: ExecutedInput): Verdict {
  const { precision, layers, position } = required
  const subject = `executed ${precision}`
  const verdict = {
    id: `${variant}.${subject}.require_executed`,
    variant,
    subject,
    observed: null,
    limit: layers.length,
    unit: 'layers' as const,
    configPosition: { line: position.line, column: position.column }
  }
  if (typeof executed === 'string') {
    return { ...verdict, status: 'fail', message: `whether its layers ran in ${precision} is not known: ${executed}` }
  }
  if (layers.length === 0) {
    const message = `no Conv, ConvTranspose, Gemm or MatMul of this model is ${precision}: there is nothing that could have run in it`
    return { ...verdict, observed: 0, status: 'fail', message }
  }
  const found = precisionsOf(layers, executed)
  const others = layers.flatMap((layer, i) => (found[i] === precision ? [] : [{ layer, ran: found[i] }]))
  const observed = layers.length - others.length
  if (others.length === 0) {
    const message = `all ${layers.length} layers that must run in ${precision} did, on ${provider}`
    return { ...verdict, observed, status: 'pass', message }
  }
  const { name, op, output: tensor } = others[0].layer
  return {
    ...verdict,
    observed,
    layers: { compared: layers.length, broken: others.length, worst: { name, op, tensor } },
    status: 'fail',
    message: `${others.length} of ${layers.length} layers did not run in ${precision} on ${provider}: ${groups(others)}${why(precision, provider)}`
  }
}

/** By node name, then by the tensor that is made; kernels of unnamed nodes are counted off against the rest. */
function precisionsOf(layers: readonly Layer[], executed: readonly ExecutedLayer[]): (string | undefined)[] {
  const byName = new Map(executed.map((kernel) => [nodeOfKernel(kernel.name), kernel]))
  const byOutput = new Map(executed.flatMap((kernel) => kernel.outputs.map((tensor) => [tensor, kernel] as const)))
  const matched = layers.map(({ name, output }) => (name === '' ? undefined : byName.get(name)) ?? byOutput.get(output))
  const used = new Set(matched)
  const rest = executed.filter((kernel) => !used.has(kernel) && /Conv|Gemm|MatMul/.test(kernel.op))
  return matched.map((kernel, i) => (kernel ?? (layers[i].name === '' ? rest.shift() : undefined))?.executed)
}

function groups(others: readonly { readonly layer: Layer; readonly ran: string | undefined }[]): string {
  const byPrecision = new Map<string, Layer[]>()
  for (const { layer, ran = 'not in the profile' } of others) {
    byPrecision.set(ran, [...(byPrecision.get(ran) ?? []), layer])
  }
  return [...byPrecision]
    .map(([ran, layers]) => {
      const named = layers.slice(0, NAMED).map(({ name, op }) => (name === '' ? op : `${name} (${op})`))
      const more = layers.length > NAMED ? ` and ${layers.length - NAMED} more` : ''
      return `${layers.length} ${ran} (${named.join(', ')}${more})`
    })
    .join('; ')
}

function why(precision: 'int8' | 'fp16', provider: Provider): string {
  if (precision === 'int8' && (provider === 'webgpu' || provider === 'cuda')) {
    return `. The ${provider} provider has no INT8 kernels for Q/DQ models and computes them in float: require it on cpu or drop the requirement`
  }
  if (precision === 'fp16' && provider === 'cpu') {
    return '. The cpu provider computes FP16 in float32: require it on webgpu or cuda'
  }
  return precision === 'int8'
    ? '. Layers that are meant to stay in float belong into `keep`; symmetric models (target: tensorrt) do not fuse on x64 CPUs'
    : '. Layers that are meant to stay in float belong into `keep`'
}
