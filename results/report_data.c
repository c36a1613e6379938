/* The data of a report, put together. */
#include <stdio.h>
#include <string.h>

#include "abscopal.h"
#include "model/model.h"
#include "results/digest.h"
#include "results/json_value.h"
#include "results/maker.h"
#include "results/report.h"

/* ---- Provenance ------------------------------------------------------------------------------------- */

enum { TEXT_SIZE = 256 };

/* A label before the name where there are several runs. */
static void name_write(char name[TEXT_SIZE], const char *label, const char *what)
{
    snprintf(name, TEXT_SIZE, label[0] != '\0' ? "%s: %s" : "%s%s", label, what);
}

void report_row_add(json_t **rows, const char *label, const char *what, const char *value)
{
    char name[TEXT_SIZE];
    name_write(name, label, what);
    if (value[0] != '\0')
        json_list_add(rows, json_pack("{s:s, s:s}", "what", name, "value", value));
}

void report_digest_add(json_t **rows, const char *label, const char *what, const char *text)
{
    char digest[DIGEST_SIZE];
    if (text != NULL && text[0] != '\0')
        report_row_add(rows, label, what, digest_text(text, digest));
}

/* What made the results, which need not be this program. */
static void maker_add(json_t **rows, const struct report_run *run)
{
    const struct results_maker maker = results_maker_of(run->results);
    char program[TEXT_SIZE];
    snprintf(program, sizeof program, "abscopal %s", maker.version);
    report_row_add(rows, run->label, "program", program);
    report_row_add(rows, run->label, "commit", maker.commit);
    report_row_add(rows, run->label, "compiler", maker.compiler);
    report_row_add(rows, run->label, "SUNDIALS", maker.sundials);
    report_row_add(rows, run->label, "HDF5", maker.hdf5);
}

json_t *report_provenance(const struct report_run *run)
{
    const struct abscopal_results *results = run->results;
    const struct abscopal_trial *trial = results->trial;
    char text[TEXT_SIZE];
    json_t *rows = json_array();
    report_row_add(&rows, run->label, "file", run->file);
    report_row_add(&rows, run->label, "model", model_preset_name(trial->file.preset));
    snprintf(text, sizeof text, "%llu", (unsigned long long)results->seed);
    report_row_add(&rows, run->label, "seed", text);
    snprintf(text, sizeof text, "%zu", results->patient_count);
    report_row_add(&rows, run->label, "virtual patients", text);
    snprintf(text, sizeof text, "%g", results->relative_tolerance);
    report_row_add(&rows, run->label, "relative tolerance", text);
    report_row_add(&rows, run->label, "engine", abscopal_engine_name(results->engine));
    report_row_add(&rows, run->label, "instructions", results->instructions);
    maker_add(&rows, run);
    report_digest_add(&rows, run->label, "SHA-256 of the trial file", trial->file.text);
    if (trial->has_cohort)
        report_digest_add(&rows, run->label, "SHA-256 of the cohort file", trial->cohort.text);
    report_digest_add(&rows, run->label, "SHA-256 of the drug files", trial->file.drug_text);
    return rows;
}

void report_text_add(json_t **list, const char *label, const char *what, const char *text)
{
    char name[TEXT_SIZE];
    name_write(name, label, what);
    if (text != NULL && text[0] != '\0')
        json_list_add(list, json_pack("{s:s, s:s}", "name", name, "text", text));
}

json_t *report_texts(const struct report_run *run)
{
    const struct abscopal_trial *trial = run->results->trial;
    json_t *list = json_array();
    report_text_add(&list, run->label, "trial file", trial->file.text);
    if (trial->has_cohort)
        report_text_add(&list, run->label, "cohort file", trial->cohort.text);
    report_text_add(&list, run->label, "drug files", trial->file.drug_text);
    return list;
}

/* ---- A run ------------------------------------------------------------------------------------------ */

static json_t *arm_names(const struct trial_file *trial)
{
    json_t *names = json_array();
    for (size_t arm = 0; names != NULL && arm < trial->arm_count; arm++)
        json_list_add(&names, json_string(trial->arms[arm].name));
    return names;
}

json_t *report_trial_json(const struct report_run *run)
{
    const struct abscopal_results *results = run->results;
    const struct trial_file *trial = &results->trial->file;
    return json_pack("{s:s, s:s, s:s, s:s?, s:s?, s:s?, s:o, s:f, s:o, s:s, s:s, s:s, s:b}", "label", run->label,
                     "file", run->file, "title", trial->name, "registry", trial->registry, "setting", trial->setting,
                     "left_out", trial->left_out, "arms", arm_names(trial), "until_days", trial->until_days,
                     "visit_days", json_numbers(results->visit_days, results->visit_count), "criteria",
                     trial->irecist ? "iRECIST" : "RECIST 1.1", "allocation",
                     trial->allocation.disjoint ? "randomised" : "in all arms", "irradiated_lesions",
                     trial->irradiated_are_non_target ? "non-target" : "target", "weighted", results->weights != NULL);
}

json_t *report_run_json(const struct report_run *run)
{
    static const struct {
        const char *name;
        json_t *(*make)(const struct abscopal_results *results);
    } parts[] = {{"design", report_design},           {"flow", report_flow},
                 {"endpoints", report_endpoints},     {"observed", report_observed},
                 {"comparisons", report_comparisons}, {"km", report_survival},
                 {"waterfall", report_waterfall},     {"spider", report_spider},
                 {"swimmer", report_swimmer},         {"courses", report_courses},
                 {"separation", report_separation}};
    json_t *json = report_trial_json(run);
    for (size_t i = 0; json != NULL && i < sizeof parts / sizeof *parts; i++)
        if (json_object_set_new(json, parts[i].name, parts[i].make(run->results)) != 0) {
            json_decref(json);
            return NULL;
        }
    return json;
}

/* ---- The page's data -------------------------------------------------------------------------------- */

json_t *report_frame(const char *kind, const char *title, const char *subtitle)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:s}", "kind", kind, "title", title, "subtitle", subtitle, "program",
                     "abscopal " ABSCOPAL_VERSION, "research_use", "Research use only. Not for treating patients.");
}

json_t *report_join(json_t *first, json_t *second)
{
    const bool good = first != NULL && second != NULL && json_object_update(first, second) == 0;
    json_decref(second);
    if (good)
        return first;
    json_decref(first);
    return NULL;
}

/* "200 virtual patients in 6 arms, in all arms". */
static void subtitle_write(char *text, size_t size, const struct abscopal_results *results)
{
    const struct trial_file *trial = &results->trial->file;
    snprintf(text, size, "%zu virtual patient%s, %zu arm%s%s%s%s", results->patient_count,
             results->patient_count == 1 ? "" : "s", results->arm_count, results->arm_count == 1 ? "" : "s",
             results->arm_count < 2       ? ""
             : trial->allocation.disjoint ? ", randomised"
                                          : ", every patient in every arm",
             trial->registry != NULL ? ", " : "", trial->registry != NULL ? trial->registry : "");
}

json_t *report_trial_data(const struct report_run *run)
{
    char subtitle[TEXT_SIZE];
    subtitle_write(subtitle, sizeof subtitle, run->results);
    return report_join(report_frame("trial", run->results->trial->file.name, subtitle),
                       json_pack("{s:[o], s:o, s:o}", "runs", report_run_json(run), "provenance",
                                 report_provenance(run), "texts", report_texts(run)));
}
