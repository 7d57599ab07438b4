/**
 * A method that nobody needs, loaded through PEFT_STUDIO_EXTRA_METHODS by tests: that it has a card, a form, figures and
 * runs shows that nothing outside its file knows a method.
 */

import { boolean, type ConfigOf, number } from '../methods/fields.ts'
import { normal, zeros } from '../methods/initializers.ts'
import { defineMethod, linearSeam } from '../methods/method.ts'
import { targetFields } from '../methods/targets.ts'
import { add, scale } from '../ops/arithmetic.ts'

const fields = {
  push: number({
    label: 'Push',
    help: 'Factor on the trained vector that is added to what a layer says.',
    default: 1,
    min: 0.5,
    max: 8,
    sensible: { high: 4, because: 'the vector then drowns what the layer says' },
  }),
  random_start: boolean({
    label: 'Random start',
    help: 'Starts with small random numbers instead of zeros.',
    default: false,
    advanced: true,
  }),
  ...targetFields,
} as const

type Config = ConfigOf<typeof fields>

export default defineMethod({
  name: 'throw-away',
  title: 'Throw-away shift',
  taxonomy: 'selective',
  paper: { title: 'No paper', url: 'https://example.org/no-paper' },
  explain: 'Adds one trained vector to what each chosen layer says.',
  chooseWhen: 'A test wants a method that the studio has never heard of.',
  avoidWhen: 'Anything is to be learned.',
  fields,
  defaults: { learningRate: 5e-2, weightDecay: 0, warmupRatio: 0.1 },
  format: { kind: 'peft', type: 'THROW_AWAY' },
  selects: 'targets',
  defaultTargets: () => ['o_proj', 'c_proj'],
  merges: { impossible: 'Nobody has written down how.' },
  linear: linearSeam({
    parameters: (site, config: Config) => ({
      shift: {
        shape: [site.outFeatures],
        init: config.random_start ? normal(0.02) : zeros,
        key: 'throw_away_shift',
      },
    }),
    // y = W·x + b + push·v
    forward: ({ config, p }, x, base) => add(base(x), scale(p.shift, config.push)),
  }),
})
