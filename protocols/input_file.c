/* Telling kinds of input files apart. */
#include "abscopal.h"
#include "protocols/yaml.h"

enum abscopal_status abscopal_file_kind(const char *path, enum abscopal_file_kind *kind, struct abscopal_error *error)
{
    struct yaml_document document;
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    static const struct {
        const char *key;
        const char *of;
    } signs[] = {[ABSCOPAL_FILE_TRIAL] = {"arms", "a trial file"},
                 [ABSCOPAL_FILE_COHORT] = {"patients", "a cohort file"},
                 [ABSCOPAL_FILE_DRUG] = {"target", "a drug file"}};
    static const struct {
        const char *key;
        enum abscopal_file_kind kind;
    } whatever_else[] = {{"match", ABSCOPAL_FILE_POPULATION},
                         {"free", ABSCOPAL_FILE_CALIBRATION},
                         {"vary", ABSCOPAL_FILE_SWEEP},
                         {"patients_per_arm", ABSCOPAL_FILE_POWER}};
    int found = -1;
    bool sure = false;
    for (size_t i = 0; !sure && i < sizeof whatever_else / sizeof *whatever_else; i++) {
        sure = yaml_find(document.root, whatever_else[i].key) != NULL;
        found = sure ? (int)whatever_else[i].kind : -1;
    }
    for (int i = 0; !sure && i < (int)(sizeof signs / sizeof *signs); i++) {
        if (yaml_find(document.root, signs[i].key) == NULL)
            continue;
        if (found >= 0)
            yaml_fail(&document, document.root, "has both '%s', of %s, and '%s', of %s; write two files",
                      signs[found].key, signs[found].of, signs[i].key, signs[i].of);
        found = i;
    }
    if (found < 0)
        yaml_fail(&document, document.root,
                  "neither a trial file (key 'arms') nor a cohort file (key 'patients') nor a drug file (key "
                  "'target') nor a calibration file (key 'free') nor that of a virtual population (key 'match') nor a "
                  "sweep file (key 'vary') nor a design (key 'patients_per_arm')");
    *kind = found >= 0 ? (enum abscopal_file_kind)found : ABSCOPAL_FILE_TRIAL;
    status = document.status;
    yaml_free(&document);
    return status;
}
