import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import type { InferenceSession } from 'onnxruntime-common'
import { makeNode, type GraphProto } from '../model/index.js'
import { ModelProtoSchema, ValueInfoProtoSchema } from '../model/proto/onnx_pb.js'
import type { Tensor } from '../tensor.js'
import { releaseMemory } from '../util/release.js'
import type { OnnxRuntime } from './binding.js'
import { nativeMessage } from './failures.js'
import { negationModel } from './probes/models.js'

/**
 * onnxruntime-node writes outputs into arrays that it is given, and up to 1.30 copies each of them once more to return
 * it: for all activations of a ResNet-50 that copy takes as long as half of the network. It copies in the order of the
 * outputs and refuses sequences, so an empty sequence in front of them ends the run where everything is written.
 */
const UNRETURNED = 'precision_gate__unreturned'

/** Gives the model the output that keeps `fill` from copying. */
export function addUnreturned(graph: GraphProto): void {
  graph.node.push(makeNode('SequenceEmpty', [], [UNRETURNED], { name: UNRETURNED }))
  graph.output.unshift(create(ValueInfoProtoSchema, { name: UNRETURNED }))
}

/** Runs a session whose outputs go into `fetches`, and frees what is returned besides. */
export async function runInto(
  native: InferenceSession,
  inputs: InferenceSession.OnnxValueMapType,
  fetches: InferenceSession.OnnxValueMapType
): Promise<void> {
  if (!native.outputNames.includes(UNRETURNED)) {
    const given = new Set(Object.values(fetches).map(({ data }) => (data as Tensor['data']).buffer))
    const returned = Object.values(await native.run(inputs, fetches))
    releaseMemory(returned.map(({ data }) => data as Tensor['data']).filter(({ buffer }) => !given.has(buffer)))
    return
  }
  try {
    await native.run(inputs, { [UNRETURNED]: null, ...fetches })
  } catch (error) {
    if (!/Non tensor type/.test(nativeMessage(error))) throw error
  }
}

/** Whether this ONNX Runtime has written all outputs when it refuses the sequence. */
export async function returnsNothing(ort: OnnxRuntime): Promise<boolean> {
  const model = fromBinary(ModelProtoSchema, negationModel())
  if (model.graph !== undefined) addUnreturned(model.graph)
  const settings = { executionProviders: ['cpu'], logSeverityLevel: 4 } as const
  const session = await ort.InferenceSession.create(toBinary(ModelProtoSchema, model), settings)
  try {
    const x = new ort.Tensor('float32', Float32Array.of(1, -2, 3), [3])
    const y = new Float32Array(3)
    await runInto(session, { x }, { y: new ort.Tensor('float32', y, [3]) })
    return y.every((value, i) => value === -x.data[i])
  } catch {
    return false
  } finally {
    await session.release()
  }
}
