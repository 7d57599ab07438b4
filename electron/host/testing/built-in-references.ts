/** References to what comes with the studio, for tests that need no datasets service. */
import { findData } from '../built-in.ts'
import type { ModelsService } from '../models/models-service.ts'
import type { References } from '../runs/references.ts'

export function builtInReferences(models: Pick<ModelsService, 'reference'>): References {
  return { model: (id) => models.reference(id), data: (versionId) => findData(versionId.split('@')[0] ?? '') }
}
