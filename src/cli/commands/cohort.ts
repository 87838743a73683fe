import { Command } from 'commander';
import type { CommandGroup } from '../command.ts';
import { cohortMapCommand } from './cohort-map.ts';
import { cohortReportCommand } from './cohort-report.ts';

export const cohortCommand: CommandGroup = {
  declare: () => new Command('cohort').description('Many patients: map them, and report on the group.'),
  parts: [cohortMapCommand, cohortReportCommand],
};
