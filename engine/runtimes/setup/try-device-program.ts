/** Program: opens the device that is named as its argument, computes a small product of matrices on it and says so. */
import { float32 } from '../../graph/host-tensor.ts'
import { input } from '../../graph/value.ts'
import { matmul } from '../../ops/matmul.ts'
import { findDevice, openDevice } from '../index.ts'

const { id, title, detail, driver } = await findDevice(process.argv[2] ?? '')
const device = await openDevice(id)
const [x, y] = [
  input('x', { dtype: 'float32', shape: [64, 128] }),
  input('y', { dtype: 'float32', shape: [128, 32] }),
]
const program = await device.compile({ outputs: { product: matmul(x, y) }, updates: [] })
const ones = (rows: number, columns: number) =>
  float32([rows, columns], new Float32Array(rows * columns).fill(1))
const { product } = await program.run({ x: ones(64, 128), y: ones(128, 32) }, device.createState())
const wrong = [...product!.data].find((element) => element !== 128)
if (wrong !== undefined) throw new Error(`${title}: a product of matrices is ${wrong} instead of 128`)
console.log(`It works: ${[title, detail, driver].filter((words) => words !== undefined).join(', ')}.`)
