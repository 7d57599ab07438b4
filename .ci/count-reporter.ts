/** Closes a vitest run with one plain line, "N passed, N failed", for programs that read the log. */
import type { Reporter, SerializedError, TestModule } from 'vitest/node'

export default class CountReporter implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const tests = modules.flatMap((module) => [...module.children.allTests()])
    const count = (state: string) => tests.filter((test) => test.result().state === state).length
    // A file that cannot be loaded and an error outside any test have no test case of their own.
    const broken = modules.filter((module) => module.errors().length > 0).length + unhandled.length
    // Last of all: after the summary that the default reporter prints in the same hook.
    process.once('exit', () => console.log(`${count('passed')} passed, ${count('failed') + broken} failed`))
  }
}
