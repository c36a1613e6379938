#define ALONE_FUNCTIONS alone_fma
#define ALONE_INSTRUCTIONS "FMA"
#include "solver/alone_engine.h"
