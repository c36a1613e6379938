#define ALONE_FUNCTIONS alone_portable
#define ALONE_INSTRUCTIONS "portable"
#include "solver/alone_engine.h"
