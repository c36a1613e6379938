#define ABSCOPAL_LANES 2
#define LANES_FUNCTIONS lanes_portable
#define LANES_INSTRUCTIONS "two lanes"
#include "solver/lanes_engine.h"
