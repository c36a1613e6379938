/* The commands. Each gets argv from its own name on and returns an exit code. */
#ifndef ABSCOPAL_CLI_COMMANDS_H
#define ABSCOPAL_CLI_COMMANDS_H

#include "cli/options.h"

enum exit_code command_run(int argc, char **argv);
enum exit_code command_merge(int argc, char **argv);
enum exit_code command_simulate(int argc, char **argv);
enum exit_code command_sweep(int argc, char **argv);
enum exit_code command_optimize(int argc, char **argv);
enum exit_code command_sensitivity(int argc, char **argv);
enum exit_code command_check(int argc, char **argv);
enum exit_code command_list(int argc, char **argv);
enum exit_code command_inspect(int argc, char **argv);
enum exit_code command_verify(int argc, char **argv);
enum exit_code command_twin(int argc, char **argv);
enum exit_code command_export(int argc, char **argv);
enum exit_code command_power(int argc, char **argv);
enum exit_code command_fate(int argc, char **argv);
enum exit_code command_report(int argc, char **argv);
enum exit_code command_plot(int argc, char **argv);
enum exit_code command_calibrate(int argc, char **argv);
enum exit_code command_bench(int argc, char **argv);

#endif
