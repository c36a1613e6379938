#include "results/sedml.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "results/sbml_expand.h"

/* What is shown: rows of the document, once for each lesion (@) and drug (#), by axis. */
struct shown {
    const char *id;
    bool species; /* otherwise a parameter */
};

static const struct shown diameters[] = {{"sum_of_diameters_mm", false}, {"@diameter_mm", false}};
static const struct shown cells[] = {{"@cancer_cells", true}, {"@cd8_cells", true}, {"@treg_cells", true}};
static const struct shown drugs[] = {{"#plasma_nanomolar", false}, {"@#drug_tumour", false}};

static const struct axis {
    const char *id, *name;
    const struct shown *shown;
    size_t count;
} axes[] = {{"diameters", "Diameters, mm", diameters, sizeof diameters / sizeof *diameters},
            {"cells", "Cells", cells, sizeof cells / sizeof *cells},
            {"drugs", "Drugs, nM", drugs, sizeof drugs / sizeof *drugs}};

enum { AXES = sizeof axes / sizeof *axes };

typedef void write_one(FILE *stream, const char *id, const struct shown *shown);

/* Calls back for everything on an axis. */
static void each_shown(FILE *stream, const struct sbml_patient *patient, const struct axis *axis, write_one *write)
{
    for (size_t i = 0; i < axis->count; i++) {
        struct sbml_place place;
        bool there = sbml_place_first(patient, axis->shown[i].id, &place);
        for (; there; there = sbml_place_next(patient, axis->shown[i].id, &place)) {
            char id[SBML_NAME_SIZE] = "";
            FILE *text = fmemopen(id, sizeof id, "w");
            if (text == NULL)
                continue;
            sbml_expand(patient, &place, axis->shown[i].id, text, NULL, NULL);
            fclose(text);
            write(stream, id, &axis->shown[i]);
        }
    }
}

static void write_generator(FILE *stream, const char *id, const struct shown *shown)
{
    const char *kind = shown->species ? "species" : "parameter", *list = shown->species ? "Species" : "Parameters";
    fprintf(stream,
            "    <dataGenerator id=\"data_%s\" name=\"%s\">\n"
            "      <listOfVariables>\n"
            "        <variable id=\"of_%s\" taskReference=\"course\"\n"
            "                  target=\"/sbml:sbml/sbml:model/sbml:listOf%s/sbml:%s[@id='%s']\"/>\n"
            "      </listOfVariables>\n"
            "      <math xmlns=\"http://www.w3.org/1998/Math/MathML\"><ci>of_%s</ci></math>\n"
            "    </dataGenerator>\n",
            id, id, id, list, kind, id, id);
}

static void write_data_set(FILE *stream, const char *id, const struct shown *shown)
{
    (void)shown;
    fprintf(stream, "        <dataSet id=\"set_%s\" label=\"%s\" dataReference=\"data_%s\"/>\n", id, id, id);
}

static void write_curve(FILE *stream, const char *id, const struct shown *shown)
{
    (void)shown;
    fprintf(stream,
            "        <curve id=\"curve_%s\" name=\"%s\" type=\"points\" xDataReference=\"data_time\" "
            "yDataReference=\"data_%s\"/>\n",
            id, id, id);
}

static void write_outputs(FILE *stream, const struct sbml_patient *patient)
{
    const size_t shown = patient->model->drug_count > 0 ? AXES : AXES - 1;
    fputs("  <listOfOutputs>\n    <report id=\"report\">\n      <listOfDataSets>\n", stream);
    fputs("        <dataSet id=\"set_time\" label=\"time\" dataReference=\"data_time\"/>\n", stream);
    for (size_t i = 0; i < shown; i++)
        each_shown(stream, patient, &axes[i], write_data_set);
    fputs("      </listOfDataSets>\n    </report>\n", stream);
    for (size_t i = 0; i < shown; i++) {
        fprintf(stream,
                "    <plot2D id=\"%s\" name=\"%s\">\n      <xAxis type=\"linear\" name=\"Days since baseline\"/>\n"
                "      <yAxis type=\"linear\" name=\"%s\"/>\n      <listOfCurves>\n",
                axes[i].id, axes[i].name, axes[i].name);
        each_shown(stream, patient, &axes[i], write_curve);
        fputs("      </listOfCurves>\n    </plot2D>\n", stream);
    }
    fputs("  </listOfOutputs>\n", stream);
}

/* The one path as a URI relative to the folder of the other: its name, after what they do not have in common. A file
 * elsewhere is named by its whole path. */
static void write_source(FILE *stream, const char *sbml_path, const char *path)
{
    const char *own_name = strrchr(sbml_path, '/'), *other_name = strrchr(path, '/');
    const size_t own = own_name != NULL ? (size_t)(own_name + 1 - sbml_path) : 0;
    const size_t other = other_name != NULL ? (size_t)(other_name + 1 - path) : 0;
    char *whole = own == other && strncmp(sbml_path, path, own) == 0 ? NULL : realpath(sbml_path, NULL);
    const char *name = whole != NULL ? whole : sbml_path + own;
    for (; *name != '\0'; name++) {
        const bool plain = strchr("-._~/", *name) != NULL || (*name >= '0' && *name <= '9') ||
                           (*name >= 'A' && *name <= 'Z') || (*name >= 'a' && *name <= 'z');
        fprintf(stream, plain ? "%c" : "%%%02X", (unsigned char)*name);
    }
    free(whole);
}

static void write_document(FILE *stream, const char *sbml_path, const char *path, const struct sbml_patient *patient,
                           double until_days)
{
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
          "<sedML xmlns=\"http://sed-ml.org/sed-ml/level1/version4\" "
          "xmlns:sbml=\"http://www.sbml.org/sbml/level3/version1/core\" level=\"1\" version=\"4\">\n",
          stream);
    fprintf(stream,
            "  <listOfSimulations>\n"
            "    <uniformTimeCourse id=\"days\" initialTime=\"0\" outputStartTime=\"0\" outputEndTime=\"%.15g\" "
            "numberOfSteps=\"%.0f\">\n"
            "      <algorithm kisaoID=\"KISAO:0000019\" name=\"CVODE\">\n"
            "        <listOfAlgorithmParameters>\n"
            "          <algorithmParameter kisaoID=\"KISAO:0000209\" name=\"relative tolerance\" value=\"1e-8\"/>\n"
            "          <algorithmParameter kisaoID=\"KISAO:0000211\" name=\"absolute tolerance\" value=\"1e-9\"/>\n"
            "        </listOfAlgorithmParameters>\n"
            "      </algorithm>\n"
            "    </uniformTimeCourse>\n"
            "  </listOfSimulations>\n",
            until_days, ceil(until_days));
    fputs("  <listOfModels>\n    <model id=\"model\" language=\"urn:sedml:language:sbml.level-3.version-1\" source=\"",
          stream);
    write_source(stream, sbml_path, path);
    fputs("\"/>\n  </listOfModels>\n  <listOfTasks>\n"
          "    <task id=\"course\" modelReference=\"model\" simulationReference=\"days\"/>\n  </listOfTasks>\n"
          "  <listOfDataGenerators>\n"
          "    <dataGenerator id=\"data_time\" name=\"time\">\n"
          "      <listOfVariables>\n"
          "        <variable id=\"of_time\" taskReference=\"course\" symbol=\"urn:sedml:symbol:time\"/>\n"
          "      </listOfVariables>\n"
          "      <math xmlns=\"http://www.w3.org/1998/Math/MathML\"><ci>of_time</ci></math>\n"
          "    </dataGenerator>\n",
          stream);
    for (size_t i = 0; i < AXES; i++)
        each_shown(stream, patient, &axes[i], write_generator);
    fputs("  </listOfDataGenerators>\n", stream);
    write_outputs(stream, patient);
    fputs("</sedML>\n", stream);
}

char *sedml_text(const char *sbml_path, const char *path, const struct model *model, double until_days)
{
    struct sbml_patient patient = {.model = model};
    char *text = NULL;
    size_t size = 0;
    FILE *stream = open_memstream(&text, &size);
    if (stream == NULL)
        return NULL;
    sbml_patient_name_drugs(&patient);
    write_document(stream, sbml_path, path, &patient, until_days);
    if (fclose(stream) == 0)
        return text;
    free(text);
    return NULL;
}
