/** The rules of this house for oxlint, beside those it brings. */
import { evidence } from './rule-evidence.js';
import { doors, floors, names } from './rule-floors.js';

export default {
  meta: { name: 'house' },
  rules: { doors, evidence, floors, names },
};
