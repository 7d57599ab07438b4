/** Opens a TensorFlow device in a process of its own and computes a small product, to see that it works. */
import { join } from 'node:path'
import { run } from './run.ts'

const PROGRAM = `
  const { openNative } = await import(process.argv[1])
  const { tf, version, where } = await openNative(process.argv[2])
  const y = tf.matMul(tf.ones([64, 128]), tf.ones([128, 32]))
  const [first] = await y.data()
  if (first !== 128) throw new Error('a product of matrices is ' + first + ' instead of 128')
  console.log('It works: TensorFlow ' + version + ' on ' + where + '.')
`

/** @returns a sentence about what works @throws StudioError with what the library said */
export async function tryDevice(id: string, addons: string): Promise<string> {
  const program = join(import.meta.dirname, '../open-native.ts')
  const printed = await run(process.execPath, ['--input-type=module', '--eval', PROGRAM, '--', program, id], {
    env: { PEFT_STUDIO_ADDONS: addons, TF_CPP_MIN_LOG_LEVEL: '2' },
    purpose: `use the device ${id}`,
    hint: 'Run the script again; if it stays so, please report what it printed.',
  })
  return printed.trim().split('\n').at(-1)!
}
