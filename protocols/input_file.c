#include "protocols/input_file.h"

#include "protocols/yaml.h"

enum abscopal_status input_file_kind(const char *path, enum input_file_kind *kind, struct abscopal_error *error)
{
    struct yaml_document document;
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    static const struct {
        const char *key;
        const char *of;
    } signs[] = {[INPUT_FILE_TRIAL] = {"arms", "a trial file"},
                 [INPUT_FILE_COHORT] = {"patients", "a cohort file"},
                 [INPUT_FILE_DRUG] = {"target", "a drug file"}};
    int found = yaml_find(document.root, "match") != NULL ? INPUT_FILE_POPULATION : -1;
    for (int i = 0; found != INPUT_FILE_POPULATION && i < (int)(sizeof signs / sizeof *signs); i++) {
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
                  "'target') nor that of a virtual population (key 'match')");
    *kind = found >= 0 ? (enum input_file_kind)found : INPUT_FILE_TRIAL;
    status = document.status;
    yaml_free(&document);
    return status;
}
