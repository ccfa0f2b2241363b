/** What ONNX Runtime hangs on the name of a node, or of its output, when it fuses it or changes its layout. */
const SUFFIX = /(?:_token_\d+|_nchwc)$/

/** The node of the model that a kernel of the optimized graph is named after. */
export function nodeOfKernel(name: string): string {
  return name.replace(SUFFIX, '')
}
