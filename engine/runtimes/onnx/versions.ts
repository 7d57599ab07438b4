/** Versions of ONNX that the graphs are written in. */

/** The operator definitions that graphs rely on (`Swish` is the youngest, of 24). */
export const OPSET = 24
export const IR_VERSION = 10
