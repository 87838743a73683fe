import { Command } from 'commander';
import type { CommandGroup } from '../command.ts';
import { cohortMapCommand } from './cohort-map.ts';

export const cohortCommand: CommandGroup = {
  declare: () => new Command('cohort').description('Many patients: map them, and report on the group.'),
  parts: [cohortMapCommand],
};
