#include "protocols/input_file.h"

#include "protocols/yaml.h"

enum abscopal_status input_file_kind(const char *path, enum input_file_kind *kind, struct abscopal_error *error)
{
    struct yaml_document document;
    enum abscopal_status status = yaml_read(path, &document, error);
    if (status != ABSCOPAL_OK)
        return status;
    const struct yaml_node *arms = yaml_find(document.root, "arms");
    const struct yaml_node *patients = yaml_find(document.root, "patients");
    if (arms == NULL && patients == NULL)
        yaml_fail(&document, document.root, "neither a trial file (key 'arms') nor a cohort file (key 'patients')");
    else if (arms != NULL && patients != NULL)
        yaml_fail(&document, document.root,
                  "has both 'arms', of a trial file, and 'patients', of a cohort file; write two files");
    *kind = arms != NULL ? INPUT_FILE_TRIAL : INPUT_FILE_COHORT;
    status = document.status;
    yaml_free(&document);
    return status;
}
