import { RuntimeError } from '../errors.js'
import {
  isFallbackRefused,
  type PlacedNode,
  type ProfiledSession,
  type Session,
  type SessionOptions
} from '../runtime/index.js'
import { elementCount, type Tensor } from '../tensor.js'
import type { GateContext, Variant } from '../variants/index.js'
import { feedFor, imageInput, planBatches } from './inputs.js'

/** Nodes that a message names. */
const NAMED = 5

/**
 * A session of a variant's model.
 * @throws RuntimeError with the nodes by name where the config is strict and the provider cannot run all of them.
 */
export function openSession(
  variant: Variant,
  context: GateContext,
  options: SessionOptions = context.session
): Promise<Session> {
  return open((strict) => context.runtime.createSession(variant.runFile, strict), variant, context, options)
}

/** {@link openSession}, with the profiler in it. */
export function openProfiledSession(
  variant: Variant,
  context: GateContext,
  options: SessionOptions = context.session
): Promise<ProfiledSession> {
  return open((strict) => context.runtime.createProfiledSession(variant.runFile, strict), variant, context, options)
}

async function open<Opened>(
  create: (options: SessionOptions) => Promise<Opened>,
  variant: Variant,
  context: GateContext,
  options: SessionOptions
): Promise<Opened> {
  const strict = context.config.runtime.strict === true
  try {
    return await create({ ...options, strict })
  } catch (error) {
    if (!isFallbackRefused(error) || context.input.type !== 'float32') throw error
    const nodes = await nodesElsewhere(variant, context, options)
    throw new RuntimeError(
      `${nodes.length} of its nodes cannot run on ${options.provider}, and the config says runtime: {strict: true}: ${listed(nodes)}`,
      'leave strict out to run them on the CPU and have them counted in the report, or change the model',
      { cause: error }
    )
  }
}

/** Where a node runs does not depend on what is in the image: zeros will do. */
async function nodesElsewhere(
  variant: Variant,
  { runtime, input }: GateContext,
  options: SessionOptions
): Promise<PlacedNode[]> {
  const session = await runtime.createSession(variant.runFile, options)
  try {
    const plan = planBatches([{ name: variant.name, input: imageInput(session, variant.model) }], 1)
    const dims = input.dims.map((size, axis) => (axis === 0 || typeof size === 'string' ? plan.size : size))
    const zeros: Tensor = { type: 'float32', dims, data: new Float32Array(elementCount(dims)) }
    const { nodes } = await runtime.profile(variant.runFile, feedFor(session, zeros, plan, variant.model), options)
    return nodes.filter(({ provider }) => provider !== options.provider)
  } finally {
    await session.release()
  }
}

function listed(nodes: readonly PlacedNode[]): string {
  const named = nodes.slice(0, NAMED).map(({ name, op }) => `${name} (${op})`)
  return `${named.join(', ')}${nodes.length > NAMED ? ` and ${nodes.length - NAMED} more` : ''}`
}
